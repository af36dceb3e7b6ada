//! Bodies as clients of S3 send and want them: in signed chunks, and in parts.

use bytes::{Bytes, BytesMut};

/// The bytes of a body in chunks, each after a line with its size in hexadecimal; trailers are dropped.
pub(crate) fn unchunked(mut body: Bytes) -> Bytes {
    let mut bytes = BytesMut::with_capacity(body.len());
    while let Some(end) = body.windows(2).position(|pair| pair == b"\r\n") {
        let line = body.split_to(end + 2);
        let size = line.split(|byte| *byte == b';' || *byte == b'\r').next().unwrap_or_default();
        let size = std::str::from_utf8(size).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        match size.filter(|size| *size > 0 && *size + 2 <= body.len()) {
            Some(size) => bytes.extend_from_slice(&body.split_to(size + 2)[..size]),
            None => break,
        }
    }
    bytes.freeze()
}

/// The first byte of `bytes=from-to` and the one after the last, in `whole` bytes.
pub(crate) fn span(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from = from.parse().ok()?;
    let to = to.parse().map_or(whole, |last: usize| (last + 1).min(whole));
    (from < to).then_some((from, to))
}
