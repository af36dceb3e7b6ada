//! AVIF: the container is read by [`super::heif`], the streams in it by rav1d, one tile after another.

use re_rav1d::dav1d as av1;

use av1::pixel::YUVRange;
use av1::{DecodeFrameType, Decoder, InloopFilterType, PixelLayout, PlanarImageComponent, Settings};

use super::heif::{self, Coding, Stream, Tiles, Window, area};
use super::{Decoded, Request, divide_by_alpha, upright};
use crate::pixels::{Layout, Raster};
use crate::resize::sample;
use crate::shrink::Shrink;
use crate::work::Work;
use crate::{Header, ImageError, SourceFormat, colour, described};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Avif, reason)
}

/// What decoding a stream holds: its planes in 16 bits, and what the decoder knows of each block.
fn memory(pixels: u64) -> u64 {
    pixels.saturating_mul(8).saturating_add(1 << 20)
}

/// What the rows of tiles of a picture hold at once, and the copy of a stream's bytes.
fn tiles_memory(tiles: &Tiles<'_>) -> u64 {
    let band = |streams: &[Stream<'_>]| streams.iter().map(|stream| memory(area(stream.size))).sum();
    let bytes = tiles.streams.iter().map(Stream::len).max().unwrap_or(0);
    tiles.rows().map(band).max().unwrap_or(0) + bytes as u64
}

/// What decoding a picture holds.
fn picture_memory(picture: &heif::Picture<'_>, factor: (u32, u32)) -> u64 {
    let Window { width, height, .. } = picture.window;
    let layout = if picture.alpha.is_some() { Layout::Rgba } else { Layout::Rgb };
    let streams = tiles_memory(&picture.colour) + picture.alpha.as_ref().map_or(0, tiles_memory);
    // A row of pixels, and one of the samples of each plane.
    streams + Shrink::memory(width, height, layout, factor) + u64::from(picture.size.0) * 16
}

pub(super) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let picture = heif::picture(original).map_err(damaged)?;
    let memory = picture_memory(&picture, (1, 1)).max(picture_memory(&picture, (2, 2)));
    let shown = (picture.window.width, picture.window.height);
    Ok(upright(SourceFormat::Avif, shown, picture.orientation, 1, memory))
}

pub(super) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let picture = heif::picture(original).map_err(damaged)?;
    let Window { left, top, width, height } = picture.window;
    let layout = if picture.alpha.is_some() { Layout::Rgba } else { Layout::Rgb };
    let factor = request.shrink();
    let stored_width = picture.size.0;
    request.check_memory(picture_memory(&picture, factor))?;

    let mut shrink = Shrink::new(width, height, layout, factor);
    let channels = layout.channels();
    let mut row = vec![255; stored_width as usize * channels];
    let shown = left as usize * channels..(left + width) as usize * channels;
    let mut alpha = picture.alpha.as_ref().map(|tiles| Band::new(tiles, stored_width, request));
    let mut colours = Band::new(&picture.colour, stored_width, request);
    for y in top as usize..(top + height) as usize {
        request.work.ask(stored_width.into())?;
        colours.reach(y)?;
        colours.paint(y, picture.coding, &mut row, channels);
        if let Some(alpha) = &mut alpha {
            alpha.reach(y)?;
            alpha.lay_over(y, &mut row);
            if picture.premultiplied {
                row.chunks_exact_mut(channels).for_each(divide_by_alpha);
            }
        }
        shrink.push(&row[shown.clone()]);
    }
    let codes = match picture.coding {
        Some(coding) => Some((coding.primaries, coding.transfer)),
        None => colours
            .decoded
            .first()
            .map(|tile| (tile.color_primaries() as u8, tile.transfer_characteristic() as u8)),
    };
    let icc = match picture.icc {
        Some(icc) => Some(icc.to_vec()).filter(|icc| icc.len() <= colour::MAX_PROFILE),
        None => codes.and_then(|(primaries, transfer)| described::of_codes(primaries, transfer)),
    };
    Ok(Decoded { raster: Raster::Packed(shrink.finish()), icc, partial: false })
}

/// One row of tiles.
struct Band<'a> {
    tiles: &'a Tiles<'a>,
    /// The width to cover.
    width: u32,
    unfiltered: bool,
    work: &'a Work<'a>,
    decoded: Vec<av1::Picture>,
    /// The rows above the band, and up to its end.
    rows: (usize, usize),
    next: usize,
}

impl<'a> Band<'a> {
    fn new(tiles: &'a Tiles<'a>, width: u32, request: &Request<'a>) -> Self {
        let unfiltered = request.paths.unfiltered && request.ratio() >= 4.0;
        Self { tiles, width, unfiltered, work: request.work, decoded: Vec::new(), rows: (0, 0), next: 0 }
    }

    /// Decodes until row `y` is there.
    fn reach(&mut self, y: usize) -> Result<(), ImageError> {
        while y >= self.rows.1 {
            let end = self.next + self.tiles.columns;
            let streams = self.tiles.streams.get(self.next..end).ok_or_else(|| damaged("too few rows"))?;
            self.next = end;
            self.decoded.clear();
            for stream in streams {
                self.decoded.push(tile(stream, self.unfiltered, self.work)?);
            }
            let width: u64 = self.decoded.iter().map(|tile| u64::from(tile.width())).sum();
            if width < u64::from(self.width) {
                return Err(damaged("the tiles do not cover the picture"));
            }
            let height = self.decoded.iter().map(|tile| tile.height()).min().unwrap_or(0);
            self.rows = (self.rows.1, self.rows.1 + height as usize);
        }
        Ok(())
    }

    /// Writes row `y` as RGB, `channels` samples from pixel to pixel.
    fn paint(&self, y: usize, coding: Option<Coding>, row: &mut [u8], channels: usize) {
        let mut rest = row;
        for tile in &self.decoded {
            let width = (tile.width() as usize).min(rest.len() / channels);
            let (part, after) = rest.split_at_mut(width * channels);
            rest = after;
            Lines::of(tile, y - self.rows.0).paint(tile, coding, part, channels);
        }
    }

    /// Writes row `y` as the alpha of an RGBA row.
    fn lay_over(&self, y: usize, row: &mut [u8]) {
        let mut pixels = row.as_chunks_mut::<4>().0.iter_mut();
        for tile in &self.decoded {
            let luma = line(tile, PlanarImageComponent::Y, y - self.rows.0);
            let limited = tile.color_range() == YUVRange::Limited;
            for (sample, pixel) in luma.into_iter().zip(&mut pixels) {
                let wide = (i32::from(sample) - 16) * 255 / 219;
                pixel[3] = if limited { wide.clamp(0, 255) as u8 } else { sample };
            }
        }
    }
}

/// One stream, decoded on this thread alone. It may hold no more pixels than it says.
fn tile(stream: &Stream<'_>, unfiltered: bool, work: &Work<'_>) -> Result<av1::Picture, ImageError> {
    let pixels = area(stream.size);
    work.take_bytes(stream.len())?;
    work.take_pixels(pixels)?;
    let data = stream.extents.concat();
    if data.is_empty() {
        return Err(damaged("a stream of no bytes"));
    }
    if frames(&data) > MAX_FRAMES {
        return Err(damaged("a stream of many pictures"));
    }
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(pixels).unwrap_or(u32::MAX));
    settings.set_decode_frame_type(DecodeFrameType::Key);
    settings.set_all_layers(false);
    if unfiltered {
        settings.set_inloop_filters(InloopFilterType::empty());
    }
    let mut decoder = Decoder::with_settings(&settings).map_err(damaged)?;
    match decoder.send_data(data, None, None, None) {
        Ok(()) | Err(av1::Error::Again) => {}
        Err(error) => return Err(refused(error)),
    }
    decoder.get_picture().map_err(refused)
}

/// A still picture has one frame, or one for each of its layers. Others would be decoded before one is shown.
const MAX_FRAMES: usize = 4;

/// The frames of a stream, by the units it is made of.
fn frames(mut stream: &[u8]) -> usize {
    let mut frames = 0;
    while let Some((&head, rest)) = stream.split_first() {
        let has_extension = head & 4 != 0;
        let mut rest = rest.get(usize::from(has_extension)..).unwrap_or_default();
        // The last unit may leave out its length.
        let mut length = if head & 2 == 0 { rest.len() } else { 0 };
        for shift in (0..56).step_by(7).take_while(|_| head & 2 != 0) {
            let Some((&byte, after)) = rest.split_first() else { break };
            rest = after;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        // A header of a frame, or a whole one.
        frames += usize::from(matches!(head >> 3 & 15, 3 | 6));
        stream = rest.get(length..).unwrap_or_default();
    }
    frames
}

fn refused(error: av1::Error) -> ImageError {
    match error {
        av1::Error::Again => damaged("a stream without a picture"),
        av1::Error::InvalidArgument => damaged("a stream breaks the rules of AV1"),
        av1::Error::UnsupportedBitstream => ImageError::Unsupported { format: "AVIF of this kind" },
        // The limit on it is the size that the file tells.
        av1::Error::UnknownError(error) if format!("{error:?}") == "ERANGE" => {
            damaged("a picture in it is larger than it says")
        }
        _ => damaged(error),
    }
}

/// Row `y` of a plane, in 8 bits.
fn line(tile: &av1::Picture, component: PlanarImageComponent, y: usize) -> Vec<u8> {
    let plane = tile.plane(component);
    let wide = tile.bit_depth() > 8;
    let halved = component != PlanarImageComponent::Y
        && matches!(tile.pixel_layout(), PixelLayout::I420 | PixelLayout::I422);
    let width = if halved { tile.width().div_ceil(2) } else { tile.width() } as usize;
    let bytes = plane.get(y * tile.stride(component) as usize..).unwrap_or_default();
    if !wide {
        return bytes.iter().take(width).copied().collect();
    }
    let shift = tile.bit_depth() - 8;
    let most = (1 << tile.bit_depth()) - 1;
    let narrow = |sample: &[u8; 2]| {
        let sample = u32::from(u16::from_ne_bytes(*sample));
        ((sample + (1 << shift >> 1)).min(most) >> shift) as u8
    };
    bytes.as_chunks().0.iter().take(width).map(narrow).collect()
}

/// The samples of one row of a tile; without colours, of its luma alone.
struct Lines {
    luma: Vec<u8>,
    colours: Option<[Vec<u8>; 2]>,
    /// 1 where two pixels share a colour sample.
    halved: usize,
}

impl Lines {
    fn of(tile: &av1::Picture, y: usize) -> Self {
        let luma = line(tile, PlanarImageComponent::Y, y);
        let (row, halved) = match tile.pixel_layout() {
            PixelLayout::I400 => return Self { luma, colours: None, halved: 0 },
            PixelLayout::I420 => (y / 2, 1),
            PixelLayout::I422 => (y, 1),
            PixelLayout::I444 => (y, 0),
        };
        let colours = [PlanarImageComponent::U, PlanarImageComponent::V].map(|plane| line(tile, plane, row));
        Self { luma, colours: Some(colours), halved }
    }

    fn paint(&self, tile: &av1::Picture, coding: Option<Coding>, row: &mut [u8], channels: usize) {
        let limited = coding.map_or(tile.color_range() == YUVRange::Limited, |coding| !coding.full_range);
        let matrix = coding.map_or_else(|| tile.matrix_coefficients() as u8, |coding| coding.matrix);
        let conversion = Conversion::new(matrix, limited);
        let pixels = self.luma.iter().zip(row.chunks_exact_mut(channels));
        let Some([u, v]) = &self.colours else {
            return pixels.for_each(|(luma, pixel)| pixel[..3].fill(conversion.gray(*luma)));
        };
        for (x, (luma, pixel)) in pixels.enumerate() {
            let at = x >> self.halved;
            pixel[..3].copy_from_slice(&conversion.rgb(
                *luma,
                u.get(at).copied().unwrap_or(128),
                v.get(at).copied().unwrap_or(128),
            ));
        }
    }
}

/// From a matrix of H.273 to RGB, in 16 bits after the point.
struct Conversion {
    /// The samples are green, blue and red as they are.
    identity: bool,
    black: i32,
    luma: i32,
    /// What the two chroma samples add.
    red: (i32, i32),
    green: (i32, i32),
    blue: (i32, i32),
}

impl Conversion {
    fn new(matrix: u8, limited: bool) -> Self {
        let (red, blue) = match matrix {
            1 => (0.2126, 0.0722),
            4 => (0.30, 0.11),
            7 => (0.212, 0.087),
            9 | 10 => (0.2627, 0.0593),
            // BT.601, which is also what the unspecified is taken for.
            _ => (0.299, 0.114),
        };
        let green = 1.0 - red - blue;
        let (luma, chroma) = if limited { (255.0 / 219.0, 255.0 / 224.0) } else { (1.0, 1.0) };
        let from = match matrix {
            // YCgCo.
            8 => [(-1.0, 1.0), (1.0, 0.0), (-1.0, -1.0)],
            _ => [
                (0.0, 2.0 * (1.0 - red)),
                (-2.0 * blue * (1.0 - blue) / green, -2.0 * red * (1.0 - red) / green),
                (2.0 * (1.0 - blue), 0.0),
            ],
        };
        let fixed = |factor: f64| (factor * 65536.0).round() as i32;
        let pair = |(u, v): (f64, f64)| (fixed(u * chroma), fixed(v * chroma));
        Self {
            identity: matrix == 0,
            black: if limited { 16 } else { 0 },
            luma: fixed(luma),
            red: pair(from[0]),
            green: pair(from[1]),
            blue: pair(from[2]),
        }
    }

    fn gray(&self, y: u8) -> u8 {
        sample((i32::from(y) - self.black) * self.luma)
    }

    #[inline(always)]
    fn rgb(&self, y: u8, u: u8, v: u8) -> [u8; 3] {
        if self.identity {
            return [v, y, u].map(|sample| self.gray(sample));
        }
        let (y, u, v) = ((i32::from(y) - self.black) * self.luma, i32::from(u) - 128, i32::from(v) - 128);
        [self.red, self.green, self.blue].map(|(by_u, by_v)| sample(y + by_u * u + by_v * v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(matrix: u8, limited: bool, yuv: [u8; 3], expect: [u8; 3]) {
        let [y, u, v] = yuv;
        assert_eq!(Conversion::new(matrix, limited).rgb(y, u, v), expect);
    }

    #[test]
    fn white_black_and_the_primaries() {
        for matrix in [1, 6, 9] {
            check(matrix, true, [235, 128, 128], [255; 3]);
            check(matrix, true, [16, 128, 128], [0; 3]);
            check(matrix, false, [255, 128, 128], [255; 3]);
        }
        check(6, false, [76, 85, 255], [254, 0, 0]);
        check(1, true, [63, 102, 240], [255, 1, 0]);
        check(0, false, [10, 20, 30], [30, 10, 20]);
        check(0, true, [16, 235, 126], [128, 0, 255]);
        // Green and orange, each against what is not of it.
        check(8, false, [128, 128, 128], [128; 3]);
        check(8, false, [100, 140, 158], [118, 112, 58]);
        check(8, true, [235, 128, 128], [255; 3]);
        assert_eq!(Conversion::new(0, false).gray(77), 77);
    }
}
