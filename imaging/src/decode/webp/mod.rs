//! WebP. The container is read here; the pictures in it are decoded by libwebp, scaled.

mod lossless;

use crate::decode::{Decoded, Request, upright};
use crate::pixels::{Layout, Pixels, Plane, Range, Raster};
use crate::{Header, ImageError, Limits, SourceFormat, clib, exif, limits};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Webp, reason)
}

/// The chunks of a RIFF list: name and payload, the last as far as it is there.
pub(crate) fn chunks(list: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let (head, body) = rest.split_at_checked(8)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let chunk = &body[..length.min(body.len())];
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
    list: &'a [u8],
}

struct Frame<'a> {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    list: &'a [u8],
}

pub(crate) fn u24(bytes: &[u8]) -> u32 {
    u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16
}

fn read(original: &[u8]) -> Result<Container<'_>, ImageError> {
    let list = original.get(12..).unwrap_or_default();
    let features = clib::webp_features(original).ok_or_else(|| damaged("no picture header"))?;
    let (width, height) = (features.width, features.height);
    let mut container = Container { width, height, frames: 0, orientation: 1, icc: None, first: None, list };
    let mut animated = false;
    for (name, chunk) in chunks(list) {
        match name {
            b"VP8X" if chunk.len() >= 10 => animated = chunk[0] & 2 != 0,
            b"ICCP" if chunk.len() <= limits::MAX_PROFILE => container.icc = Some(chunk),
            b"EXIF" => container.orientation = exif::orientation(chunk).unwrap_or(1),
            b"ANMF" if chunk.len() > 16 && animated => {
                container.frames += 1;
                container.first.get_or_insert(Frame {
                    x: u24(chunk) * 2,
                    y: u24(&chunk[3..]) * 2,
                    width: u24(&chunk[6..]) + 1,
                    height: u24(&chunk[9..]) + 1,
                    list: &chunk[16..],
                });
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
pub(crate) fn still(list: &[u8], width: u32, height: u32) -> Vec<u8> {
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

/// The most that the codes of a lossless stream may take, in bytes, besides half a byte a pixel for the pictures that come
/// before them. libwebp writes up to 2,600 groups of codes, of 20,656 bytes at most: `MAX_HUFF_IMAGE_SIZE` in its encoder.
const MAX_CODES: u64 = 64 << 20;

/// What libwebp holds to decode the chunks of a picture: the whole of a lossless one, a few rows of a lossy one. Alpha is
/// mostly lossless.
fn memory(list: &[u8], width: u32, height: u32) -> Result<u64, ImageError> {
    let pixels = u64::from(width) * u64::from(height);
    let codes = |stream| match lossless::memory(stream, width, height) {
        codes if codes > MAX_CODES + pixels / 2 => Err(ImageError::TooMuchWork),
        codes => Ok(codes),
    };
    let mut memory = u64::from(width) * 256 + 100_000;
    for (name, chunk) in chunks(list) {
        memory += match (name, chunk) {
            (b"VP8L", [_, _, _, _, _, stream @ ..]) => pixels * 4 + codes(stream)?,
            (b"ALPH", [head, stream @ ..]) if head & 3 == 1 => pixels * 5 + codes(stream)?,
            (b"ALPH", _) => pixels,
            _ => 0,
        };
    }
    Ok(memory)
}

/// Before its memory is worked out, the size is held against the limits.
pub(crate) fn header(original: &[u8], limits: &Limits) -> Result<Header, ImageError> {
    let Container { width, height, orientation, first, list, frames, .. } = read(original)?;
    let header = |memory| upright(SourceFormat::Webp, (width, height), orientation, frames, memory);
    limits.check_header(&header(0))?;
    let pixels = u64::from(width) * u64::from(height);
    let memory = match first {
        // The frame is copied, and laid on its canvas.
        Some(frame) => {
            let area = u64::from(frame.width) * u64::from(frame.height);
            limits.check_header(&upright(SourceFormat::Webp, (frame.width, frame.height), 1, 1, 0))?;
            memory(frame.list, frame.width, frame.height)? + frame.list.len() as u64 + area * 4
        }
        None => memory(list, width, height)?,
    };
    Ok(header(memory + pixels * 4))
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let container = read(original)?;
    let icc = container.icc.map(<[u8]>::to_vec);
    let raster = match &container.first {
        Some(frame) => decode_first(&container, frame, request)?,
        None => decode_still(original, container.list, (container.width, container.height), request)?,
    };
    Ok(Decoded { raster, icc, partial: false })
}

pub(crate) fn decode_still(
    file: &[u8],
    list: &[u8],
    (width, height): (u32, u32),
    request: &Request<'_>,
) -> Result<Raster, ImageError> {
    let features = clib::webp_features(file).ok_or_else(|| damaged("no picture header"))?;
    let (alpha, lossless) = (features.has_alpha, features.is_lossless);
    // libwebp's own scaler is a box filter, too, and shrinks by any factor.
    let ratio = request.ratio();
    let scales = request.paths.shrink && ratio > 2.0;
    let small = |side: u32| if scales { (f64::from(side) * 2.0 / ratio).ceil() as u32 } else { side };
    let (small_width, small_height) = (small(width), small(height));
    let out = u64::from(small_width) * u64::from(small_height) * 4;
    request.check_memory(out + memory(list, width, height)?)?;
    request.work.take_pixels(u64::from(width) * u64::from(height))?;
    let unfiltered = request.paths.unfiltered && ratio >= 4.0;
    if scales && !alpha && !lossless {
        let planes = clib::decode_webp_planes(file, small_width, small_height, unfiltered);
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
    let data = clib::decode_webp(file, small_width, small_height, alpha, unfiltered).map_err(damaged)?;
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
    // The file and the picture must agree, as the memory was worked out by what the file says.
    let file = still(frame.list, frame.width, frame.height);
    let features = clib::webp_features(&file).ok_or_else(|| damaged("no frame header"))?;
    if (features.width, features.height) != (frame.width, frame.height) {
        return Err(damaged("a frame is not as large as it says"));
    }
    if (frame.x, frame.y, frame.width, frame.height) == (0, 0, width, height) {
        return decode_still(&file, frame.list, (width, height), request);
    }
    let (area, canvas) =
        (u64::from(frame.width) * u64::from(frame.height), u64::from(width) * u64::from(height));
    request.check_memory(
        memory(frame.list, frame.width, frame.height)? + (area + canvas) * 4 + file.len() as u64,
    )?;
    request.work.take_pixels(area)?;
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
