//! WebP. The container is read here; the pictures in it are decoded by libwebp, scaled.

use super::{Decoded, Request, upright};
use crate::pixels::{Layout, Pixels, Plane, Range, Raster};
use crate::{Header, ImageError, SourceFormat, clib, colour, exif};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Webp, reason)
}

/// The chunks of a RIFF list: name and payload.
fn chunks(list: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let (head, body) = rest.split_at_checked(8)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let chunk = body.get(..length)?;
        rest = body.get(length + (length & 1)..).unwrap_or_default();
        Some((&head[..4], chunk))
    })
}

/// What the container says.
struct Container<'a> {
    width: u32,
    height: u32,
    frames: u32,
    orientation: u8,
    icc: Option<&'a [u8]>,
    /// The first frame of an animation.
    first: Option<Frame<'a>>,
}

struct Frame<'a> {
    x: u32,
    y: u32,
    list: &'a [u8],
}

fn u24(bytes: &[u8]) -> u32 {
    u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16
}

fn read(original: &[u8]) -> Result<Container<'_>, ImageError> {
    let list = original.get(12..).unwrap_or_default();
    let features = clib::webp_features(original).ok_or_else(|| damaged("no picture header"))?;
    let (width, height) = (features.width, features.height);
    let mut container = Container { width, height, frames: 0, orientation: 1, icc: None, first: None };
    let mut animated = false;
    for (name, chunk) in chunks(list) {
        match name {
            b"VP8X" if chunk.len() >= 10 => animated = chunk[0] & 2 != 0,
            b"ICCP" if chunk.len() <= colour::MAX_PROFILE => container.icc = Some(chunk),
            b"EXIF" => container.orientation = exif::orientation(chunk).unwrap_or(1),
            b"ANMF" if chunk.len() > 16 => {
                container.frames += 1;
                if animated && container.first.is_none() {
                    let frame = Frame { x: u24(chunk) * 2, y: u24(&chunk[3..]) * 2, list: &chunk[16..] };
                    container.first = Some(frame);
                }
            }
            _ => {}
        }
    }
    if width == 0 || height == 0 {
        return Err(damaged("a side of zero pixels"));
    }
    container.frames = container.frames.max(1);
    Ok(container)
}

/// A frame of an animation, as a file of its own.
fn still(list: &[u8], width: u32, height: u32) -> Vec<u8> {
    let alpha = chunks(list).any(|(name, _)| name == b"ALPH");
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    if alpha {
        file.extend(b"VP8X\x0a\0\0\0\x10\0\0\0");
        file.extend(&(width - 1).to_le_bytes()[..3]);
        file.extend(&(height - 1).to_le_bytes()[..3]);
    }
    for (name, chunk) in chunks(list).filter(|(name, _)| matches!(*name, b"ALPH" | b"VP8 " | b"VP8L")) {
        file.extend(name);
        file.extend((chunk.len() as u32).to_le_bytes());
        file.extend(chunk);
        file.extend(&[0][..chunk.len() & 1]);
    }
    let length = (file.len() - 8) as u32;
    file[4..8].copy_from_slice(&length.to_le_bytes());
    file
}

/// libwebp holds the whole picture of a lossless stream, a few rows of a lossy one; alpha is lossless.
fn memory(width: u32, height: u32) -> u64 {
    u64::from(width) * u64::from(height) * 5 + u64::from(width) * 256
}

pub(super) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let read = read(original)?;
    let memory = memory(read.width, read.height) + u64::from(read.width) * u64::from(read.height) * 4;
    Ok(upright(SourceFormat::Webp, (read.width, read.height), read.orientation, read.frames, memory))
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let container = read(original)?;
    let icc = container.icc.map(<[u8]>::to_vec);
    let raster = match &container.first {
        Some(frame) => decode_first(&container, frame, request)?,
        None => decode_still(original, container.width, container.height, request)?,
    };
    Ok(Decoded { raster, icc, partial: false })
}

fn decode_still(
    original: &[u8],
    width: u32,
    height: u32,
    request: &Request<'_>,
) -> Result<Raster, ImageError> {
    let alpha = clib::webp_features(original).is_some_and(|features| features.has_alpha);
    // libwebp's own scaler is a box filter, too, and shrinks by any factor.
    let ratio = request.ratio();
    let scales = request.paths.shrink && ratio > 2.0;
    let small = |side: u32| if scales { (f64::from(side) * 2.0 / ratio).ceil() as u32 } else { side };
    let (small_width, small_height) = (small(width), small(height));
    let out = u64::from(small_width) * u64::from(small_height) * 4;
    let lossless = memchr::memmem::find(&original[..original.len().min(4096)], b"VP8L").is_some();
    request
        .check_memory(out + if lossless || alpha { memory(width, height) } else { u64::from(width) * 256 })?;
    let unfiltered = request.paths.unfiltered && ratio >= 4.0;
    if scales && !alpha && !lossless {
        let planes = clib::decode_webp_planes(original, small_width, small_height, unfiltered);
        let [y, u, v] = planes.map_err(damaged)?;
        let plane = |data, width: u32, height: u32| Plane {
            width,
            height,
            data,
            extent: (f64::from(width), f64::from(height)),
        };
        let (half_width, half_height) = (small_width.div_ceil(2), small_height.div_ceil(2));
        let planes = [
            plane(y, small_width, small_height),
            plane(u, half_width, half_height),
            plane(v, half_width, half_height),
        ];
        return Ok(Raster::Ycc { planes: Box::new(planes), range: Range::Limited });
    }
    let data = clib::decode_webp(original, small_width, small_height, alpha, unfiltered).map_err(damaged)?;
    let layout = if alpha { Layout::Rgba } else { Layout::Rgb };
    Ok(Raster::Packed(Pixels::new(small_width, small_height, layout, data)))
}

/// The first frame of an animation, on its canvas.
fn decode_first(
    container: &Container<'_>,
    frame: &Frame<'_>,
    request: &Request<'_>,
) -> Result<Raster, ImageError> {
    let (width, height) = (container.width, container.height);
    let file = still(frame.list, width, height);
    let features = clib::webp_features(&file).ok_or_else(|| damaged("no frame header"))?;
    request.limits.check_header(&Header {
        format: SourceFormat::Webp,
        width: features.width,
        height: features.height,
        orientation: 1,
        frames: 1,
        memory: 0,
    })?;
    if (frame.x, frame.y, features.width, features.height) == (0, 0, width, height) {
        return decode_still(&file, width, height, request);
    }
    request.check_memory(
        memory(features.width, features.height)
            + u64::from(width) * u64::from(height) * 4
            + u64::from(features.width) * u64::from(features.height) * 4,
    )?;
    let picture = clib::decode_webp(&file, features.width, features.height, true, false).map_err(damaged)?;
    let mut canvas = vec![0; width as usize * height as usize * 4];
    let columns = features.width.min(width.saturating_sub(frame.x)) as usize * 4;
    let rows = picture.chunks_exact(features.width as usize * 4);
    let canvas_rows = canvas.chunks_exact_mut(width as usize * 4).skip(frame.y as usize);
    if columns > 0 {
        for (to, from) in canvas_rows.zip(rows) {
            let left = frame.x as usize * 4;
            to[left..left + columns].copy_from_slice(&from[..columns]);
        }
    }
    Ok(Raster::Packed(Pixels::new(width, height, Layout::Rgba, canvas)))
}
