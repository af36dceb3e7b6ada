//! Decodes WebP: this module reads the container, and libwebp decodes and scales the pictures.

mod lossless;

use crate::decode::{DecodeOutput, DecodeRequest, upright_header};
use crate::pixels::{Layout, Pixels, Plane, Raster, SampleRange};
use crate::shrink::Shrinker;
use crate::{Header, ImageError, Limits, SourceFormat, clib, exif, limits};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Webp, reason)
}

/// Returns the chunks of a RIFF list: name and payload. The last payload may be truncated.
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

/// The content of the container.
struct Container<'a> {
    width: u32,
    height: u32,
    frames: u32,
    orientation: u8,
    icc: Option<&'a [u8]>,
    /// The first frame of an animation.
    first: Option<WebpFrame<'a>>,
    list: &'a [u8],
}

struct WebpFrame<'a> {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    list: &'a [u8],
}

pub(crate) fn u24(bytes: &[u8]) -> u32 {
    u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16
}

fn read_container(original: &[u8]) -> Result<Container<'_>, ImageError> {
    let list = original.get(12..).unwrap_or_default();
    let features = clib::webp_features(original).ok_or_else(|| damaged("it has no picture header"))?;
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
                container.first.get_or_insert(WebpFrame {
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
        return Err(damaged("a side has zero pixels"));
    }
    container.frames = container.frames.max(1);
    Ok(container)
}

/// Returns whether a lossy picture has alpha.
fn has_alpha_chunk(list: &[u8]) -> bool {
    chunks(list).any(|(name, _)| name == b"ALPH")
}

/// Builds a separate file from a frame of an animation.
pub(crate) fn frame_file(list: &[u8], width: u32, height: u32) -> Vec<u8> {
    let alpha = has_alpha_chunk(list);
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

/// The maximum number of bytes for the codes of a lossless stream, in addition to half a byte per pixel for
/// its subresolution images. libwebp writes up to 2,600 groups of codes (`MAX_HUFF_IMAGE_SIZE` in its
/// encoder), with at most 20,656 bytes each.
const MAX_CODE_BYTES: u64 = 64 << 20;

/// Returns the number of bytes that libwebp needs to decode the chunks of a picture: all pixels of a lossless picture,
/// or a few rows of a lossy one. Alpha is usually lossless. A lossy picture with alpha is shrunk after it is decoded,
/// to a quarter of its pixels at most.
fn memory(list: &[u8], width: u32, height: u32) -> Result<u64, ImageError> {
    let pixels = u64::from(width) * u64::from(height);
    let codes = |stream| match lossless::memory(stream, width, height) {
        codes if codes > MAX_CODE_BYTES + pixels / 2 => Err(ImageError::TooMuchWork),
        codes => Ok(codes),
    };
    let mut memory = u64::from(width) * 256 + 100_000;
    for (name, chunk) in chunks(list) {
        memory += match (name, chunk) {
            (b"VP8L", [_, _, _, _, _, stream @ ..]) => pixels * 4 + codes(stream)?,
            (b"ALPH", [head, stream @ ..]) if head & 3 == 1 => pixels * 6 + codes(stream)?,
            (b"ALPH", _) => pixels * 2,
            _ => 0,
        };
    }
    Ok(memory)
}

/// Reads the header. Checks the size against the limits before it computes the memory.
pub(crate) fn header(original: &[u8], limits: &Limits) -> Result<Header, ImageError> {
    let Container { width, height, orientation, first, list, frames, .. } = read_container(original)?;
    let header = |memory| upright_header(SourceFormat::Webp, (width, height), orientation, frames, memory);
    limits.check_header(&header(0))?;
    let pixels = u64::from(width) * u64::from(height);
    let memory = match first {
        // The frame is copied and drawn on a canvas.
        Some(frame) => {
            let area = u64::from(frame.width) * u64::from(frame.height);
            limits.check_header(&upright_header(SourceFormat::Webp, (frame.width, frame.height), 1, 1, 0))?;
            memory(frame.list, frame.width, frame.height)? + frame.list.len() as u64 + area * 4
        }
        None => memory(list, width, height)?,
    };
    Ok(header(memory + pixels * 4))
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let container = read_container(original)?;
    let icc = container.icc.map(<[u8]>::to_vec);
    let raster = match &container.first {
        Some(frame) => decode_first_frame(&container, frame, request)?,
        None => decode_still(original, container.list, (container.width, container.height), request)?,
    };
    Ok(DecodeOutput { raster, icc, partial: false })
}

pub(crate) fn decode_still(
    file: &[u8],
    list: &[u8],
    (width, height): (u32, u32),
    request: &DecodeRequest<'_>,
) -> Result<Raster, ImageError> {
    let features = clib::webp_features(file).ok_or_else(|| damaged("it has no picture header"))?;
    let lossless = features.is_lossless;
    // A file can declare alpha that it does not have.
    let alpha = features.has_alpha && (lossless || has_alpha_chunk(list));
    // The scaler of libwebp is also a box filter, and it supports any ratio. However, it ignores alpha when it averages
    // the colors of a lossy picture, so the hidden colors of transparent pixels would be visible at edges.
    let ratio = request.min_ratio();
    let ignores_alpha = alpha && !lossless;
    let is_scaled = request.paths.shrink && ratio > 2.0 && !ignores_alpha;
    let scaled = |side: u32| if is_scaled { (f64::from(side) * 2.0 / ratio).ceil() as u32 } else { side };
    let (scaled_width, scaled_height) = (scaled(width), scaled(height));
    let out = u64::from(scaled_width) * u64::from(scaled_height) * 4;
    let factor = if ignores_alpha { request.shrink_factors() } else { (1, 1) };
    request.check_memory(out + memory(list, width, height)?)?;
    request.budget.spend_pixels(u64::from(width) * u64::from(height))?;
    let unfiltered = request.paths.unfiltered && ratio >= 4.0;
    if is_scaled && !lossless {
        let planes = clib::decode_webp_planes(file, scaled_width, scaled_height, unfiltered);
        let [y, u, v] = planes.map_err(damaged)?;
        let plane = |data, width: u32, height: u32| Plane {
            width,
            height,
            data,
            extent: (f64::from(width), f64::from(height)),
        };
        let (chroma_width, chroma_height) = (scaled_width.div_ceil(2), scaled_height.div_ceil(2));
        let planes = [
            plane(y, scaled_width, scaled_height),
            plane(u, chroma_width, chroma_height),
            plane(v, chroma_width, chroma_height),
        ];
        return Ok(Raster::Ycc { planes: Box::new(planes), range: SampleRange::Limited });
    }
    let data = clib::decode_webp(file, scaled_width, scaled_height, alpha, unfiltered).map_err(damaged)?;
    let layout = if alpha { Layout::Rgba } else { Layout::Rgb };
    if factor != (1, 1) {
        let mut shrinker = Shrinker::new(width, height, layout, factor);
        data.chunks_exact(width as usize * layout.channels()).for_each(|row| shrinker.push(row));
        return Ok(Raster::Packed(shrinker.finish()));
    }
    Ok(Raster::Packed(Pixels::new(scaled_width, scaled_height, layout, data)))
}

/// Decodes the first frame of an animation and draws it on the canvas.
fn decode_first_frame(
    container: &Container<'_>,
    frame: &WebpFrame<'_>,
    request: &DecodeRequest<'_>,
) -> Result<Raster, ImageError> {
    let (width, height) = (container.width, container.height);
    // The container and the frame must declare the same size, because the memory was computed from the container.
    let file = frame_file(frame.list, frame.width, frame.height);
    let features = clib::webp_features(&file).ok_or_else(|| damaged("it has no frame header"))?;
    if (features.width, features.height) != (frame.width, frame.height) {
        return Err(damaged("the size of a frame differs from its header"));
    }
    if (frame.x, frame.y, frame.width, frame.height) == (0, 0, width, height) {
        return decode_still(&file, frame.list, (width, height), request);
    }
    let (area, canvas) =
        (u64::from(frame.width) * u64::from(frame.height), u64::from(width) * u64::from(height));
    request.check_memory(
        memory(frame.list, frame.width, frame.height)? + (area + canvas) * 4 + file.len() as u64,
    )?;
    request.budget.spend_pixels(area)?;
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
