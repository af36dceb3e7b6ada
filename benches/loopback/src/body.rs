//! Bodies of requests in signed chunks, and ranges of bodies.

use bytes::{Bytes, BytesMut};

/// Returns the content of a body in chunks. Before each chunk, a line contains its size in hexadecimal. Ignores
/// trailers.
pub(crate) fn join_chunks(mut body: Bytes) -> Bytes {
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

/// Returns the first byte of the range `bytes=from-to` and the one after the last, in a body of `whole` bytes.
pub(crate) fn parse_range(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let from = from.parse().ok()?;
    let to = to.parse().map_or(whole, |last: usize| (last + 1).min(whole));
    (from < to).then_some((from, to))
}
