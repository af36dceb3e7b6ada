//! Converts the samples of a TIFF to pixels.

use crate::color::InkConverter;
use crate::curves::DepthConverter;
use crate::decode::tiff::directory::damaged;
use crate::decode::tiff::directory::{Directory, tag};
use crate::decode::tiff::ycc::YccCoding;
use crate::decode::{divide_by_alpha, lab};
use crate::pixels::Layout;
use crate::{ImageError, color, resize};

fn unsupported<T>(format: &'static str) -> Result<T, ImageError> {
    Err(ImageError::Unsupported { format })
}

/// The conversion of the samples of a page to pixels.
pub(crate) struct Page {
    pub(crate) layout: Layout,
    /// The number of samples per pixel in the file. Samples beyond the layout are dropped.
    pub(crate) samples: usize,
    pub(crate) bits: u8,
    /// Whether samples are floating-point numbers.
    pub(crate) is_float: bool,
    /// Whether samples are signed, so that the lowest value, not zero, is black.
    pub(crate) is_signed: bool,
    /// Whether an index of the palette has two samples of a byte, the low one first.
    pub(crate) has_wide_indices: bool,
    pub(crate) kind: SampleKind,
    /// The conversion of samples of 16 bits and of floating-point numbers; `None` scales them.
    pub(crate) depth_converter: Option<DepthConverter>,
    /// The conversion of four inks with alpha.
    ink_converter: Option<InkConverter>,
    /// Whether samples of 8 bits are stored as differences from those to the left.
    pub(crate) has_predictor: bool,
}

pub(crate) enum SampleKind {
    Plain,
    /// The colors are multiplied by alpha.
    Premultiplied,
    /// Samples are amounts of ink, and the layout has amounts of visible paper.
    Ink,
    /// Four inks and alpha.
    InkAlpha {
        is_premultiplied: bool,
    },
    /// YCbCr as in JPEG.
    Ycc,
    /// YCbCr with its own black, white, and coefficients.
    CustomYcc(YccCoding),
    /// Blocks of `across` x `down` luma samples, followed by their two shared chroma samples.
    SubsampledYcc {
        across: usize,
        down: usize,
        ycc: YccCoding,
    },
    Palette(Vec<[u8; 3]>),
    /// CIE L*a*b*. The last two samples are signed, or offset by 128.
    Lab {
        is_signed: bool,
    },
    /// Samples of `bits` bits that share bytes, and the page that they would have with a byte each.
    SharedBytes {
        bits: usize,
        page: Box<Page>,
    },
}

/// Returns whether the predictor tag applies, as in libtiff.
fn has_predictor_support(compression: u64) -> bool {
    matches!(compression, 5 | 8 | 32_946 | 34_925 | 50_000)
}

impl Page {
    pub(crate) fn from_directory(directory: &Directory<'_>) -> Result<Self, ImageError> {
        let samples = directory.number(tag::SAMPLES).unwrap_or(1) as usize;
        let depths = directory.numbers(tag::BITS);
        let depth = depths.first().copied().unwrap_or(1);
        if depths.iter().any(|other| *other != depth) {
            return unsupported("TIFF with this number of bits per sample");
        }
        match depth {
            8 | 16 | 32 | 64 => Self::of_depth(directory, samples, depth),
            1 | 2 | 4 if samples == 1 => Self::of_depth(directory, samples, depth),
            1..=15 => Self::of_bits(directory, samples, depth),
            _ => unsupported("TIFF with this number of bits per sample"),
        }
    }

    /// Returns the page for samples that share bytes. The highest bit comes first in both byte orders.
    fn of_bits(directory: &Directory<'_>, samples: usize, depth: u64) -> Result<Self, ImageError> {
        let compression = directory.number(tag::COMPRESSION).unwrap_or(1);
        let is_predicted = directory.number(tag::PREDICTOR).unwrap_or(1) != 1;
        let tile = directory.number(tag::TILE_WIDTH).unwrap_or(0).saturating_mul(depth * samples as u64);
        let is_plain = directory.number(tag::PLANAR) != Some(2)
            && !is_predicted
            && matches!(compression, 1 | 5 | 8 | 32_773 | 32_946 | 34_925 | 50_000)
            && matches!(directory.number(tag::SAMPLE_FORMAT), None | Some(1))
            && tile.is_multiple_of(8);
        let page = Self::of_depth(directory, samples, 8)?;
        if !is_plain || matches!(page.kind, SampleKind::SubsampledYcc { .. } | SampleKind::Palette(_)) {
            return unsupported("TIFF with this number of bits per sample");
        }
        Ok(Self {
            layout: page.layout,
            samples: 1,
            bits: 8,
            is_float: false,
            is_signed: false,
            has_wide_indices: false,
            kind: SampleKind::SharedBytes { bits: depth as usize, page: Box::new(page) },
            depth_converter: None,
            ink_converter: None,
            has_predictor: false,
        })
    }

    fn of_depth(directory: &Directory<'_>, samples: usize, depth: u64) -> Result<Self, ImageError> {
        let compression = directory.number(tag::COMPRESSION).unwrap_or(1);
        let photometric = directory.number(tag::PHOTOMETRIC).unwrap_or(match (samples, compression) {
            (1 | 2, 2..=4) => 0,
            (1 | 2, _) => 1,
            _ => 2,
        });
        let extra = directory.numbers(tag::EXTRA_SAMPLES);
        // An extra sample without a declaration counts as alpha.
        let has_alpha = extra.first().is_none_or(|kind| matches!(kind, 1 | 2));
        let premultiplied = extra.first() == Some(&1);
        let alpha = if premultiplied { SampleKind::Premultiplied } else { SampleKind::Plain };
        let (colors, layout, kind) = match photometric {
            0 if samples > 1 && has_alpha => (1, Layout::GrayAlpha, SampleKind::Ink),
            0 => (1, Layout::Gray, SampleKind::Ink),
            1 | 4 if samples > 1 && has_alpha => (1, Layout::GrayAlpha, alpha),
            1 | 4 => (1, Layout::Gray, SampleKind::Plain),
            2 if samples > 3 && has_alpha => (3, Layout::Rgba, alpha),
            2 => (3, Layout::Rgb, SampleKind::Plain),
            3 if samples > 1 && has_alpha => (1, Layout::Rgba, SampleKind::Palette(read_palette(directory)?)),
            3 => (1, Layout::Rgb, SampleKind::Palette(read_palette(directory)?)),
            5 if samples > 4 && has_alpha => {
                (4, Layout::Rgba, SampleKind::InkAlpha { is_premultiplied: premultiplied })
            }
            5 => (4, Layout::Cmyk, SampleKind::Ink),
            6 => (3, Layout::Rgb, ycc_kind(directory, compression, samples, depth)?),
            8 | 9 if matches!(depth, 8 | 16) => {
                (3, Layout::Rgb, SampleKind::Lab { is_signed: photometric == 8 })
            }
            8..=10 => return unsupported("TIFF with this kind of Lab colors"),
            32_803 | 34_892 => return unsupported("camera raw"),
            _ => return unsupported("this variant of TIFF"),
        };
        if let Some(format) = unsupported_compression(compression) {
            return unsupported(format);
        }
        if samples < colors || samples > colors + extra.len().max(1) {
            return unsupported("TIFF with this number of samples");
        }
        let has_wide_indices = depth == 16 && matches!(kind, SampleKind::Palette(_));
        let (samples, bits) = match kind {
            SampleKind::SubsampledYcc { .. } => (1, depth),
            // An index has two bytes.
            SampleKind::Palette(_) if has_wide_indices => (samples * 2, 8),
            _ => (samples, depth),
        };
        let (is_float, is_signed) = match directory.number(tag::SAMPLE_FORMAT) {
            Some(2) if depth >= 8 => {
                (false, !matches!(kind, SampleKind::Lab { .. } | SampleKind::Palette(_)))
            }
            Some(3) if depth >= 16 => (true, false),
            Some(2 | 3 | 5 | 6) => return unsupported("TIFF with this sample format"),
            _ => (false, false),
        };
        let has_predictor =
            depth == 8 && has_predictor_support(compression) && directory.number(tag::PREDICTOR) == Some(2);
        Ok(Self {
            layout,
            samples,
            bits: bits as u8,
            is_float,
            is_signed,
            has_wide_indices,
            kind,
            depth_converter: None,
            ink_converter: None,
            has_predictor,
        })
    }

    /// Uses a profile to convert samples that will lose their precision or their inks, and returns the profile of the
    /// converted samples.
    pub(crate) fn convert_by(&mut self, icc: Vec<u8>) -> Option<Vec<u8>> {
        if let SampleKind::InkAlpha { .. } = self.kind {
            self.ink_converter = InkConverter::from_profile(&icc);
            return None;
        }
        let is_deep = self.is_float || (self.bits == 16 && !self.is_signed);
        if is_deep && matches!(self.kind, SampleKind::Plain) {
            let colors = self.layout.channels() - usize::from(self.layout.has_alpha());
            self.depth_converter = DepthConverter::from_profile(&icc, colors);
        }
        match &self.depth_converter {
            Some(depth_converter) => depth_converter.icc.clone(),
            None => Some(icc),
        }
    }

    /// Changes the directory so that the decoder returns the samples unchanged. Subsampled YCbCr becomes a
    /// gray page of its blocks.
    pub(crate) fn prepare_directory(&self, directory: &mut Directory<'_>) {
        directory.set(tag::PHOTOMETRIC, &[1]);
        directory.remove(tag::EXTRA_SAMPLES);
        // The differences are summed up here, so that the readable part of a damaged strip can be determined.
        if self.has_predictor || !has_predictor_support(directory.number(tag::COMPRESSION).unwrap_or(1)) {
            directory.remove(tag::PREDICTOR);
        }
        // The sample format is interpreted here.
        if self.bits < 32 {
            directory.remove(tag::SAMPLE_FORMAT);
        }
        if let SampleKind::SharedBytes { bits, page } = &self.kind {
            directory.set(tag::SAMPLES, &[1]);
            directory.set(tag::BITS, &[8]);
            for tag in [tag::WIDTH, tag::TILE_WIDTH] {
                if let Some(side) = directory.number(tag) {
                    let bits = side.saturating_mul((bits * page.samples) as u64);
                    directory.set(tag, &[bits.div_ceil(8)]);
                }
            }
            return;
        }
        let SampleKind::SubsampledYcc { across, down, .. } = self.kind else { return };
        let (across, down) = (across as u64, down as u64);
        directory.set(tag::SAMPLES, &[1]);
        directory.set(tag::BITS, &[8]);
        for (tag, by, times) in [
            (tag::WIDTH, across, across * down + 2),
            (tag::TILE_WIDTH, across, across * down + 2),
            (tag::HEIGHT, down, 1),
            (tag::TILE_HEIGHT, down, 1),
            (tag::ROWS_PER_STRIP, down, 1),
        ] {
            if let Some(side) = directory.number(tag) {
                directory.set(tag, &[side.div_ceil(by).saturating_mul(times)]);
            }
        }
    }

    pub(crate) fn has_stored_layout(&self) -> bool {
        matches!(self.kind, SampleKind::Plain) && self.samples == self.layout.channels()
    }

    /// Returns the number of pixel rows in a row of the file.
    pub(crate) fn pixel_rows(&self) -> usize {
        if let SampleKind::SubsampledYcc { down, .. } = self.kind { down } else { 1 }
    }

    /// Reads one of the lines of a row.
    pub(crate) fn read_line(&self, stored: &[u8], line: usize, row: &mut [u8]) {
        if let SampleKind::SharedBytes { bits, page } = &self.kind {
            let count = row.len() / self.layout.channels() * page.samples;
            let samples: Vec<u8> = (0..count).map(|i| read_shared_sample(stored, i * bits, *bits)).collect();
            return page.read_line(&samples, line, row);
        }
        match self.layout.channels() {
            1 => self.read_pixels::<1>(stored, line, row),
            2 => self.read_pixels::<2>(stored, line, row),
            3 => self.read_pixels::<3>(stored, line, row),
            _ => self.read_pixels::<4>(stored, line, row),
        }
    }

    /// Reads a line like [`Self::read_line`], to pixels of `N` channels.
    fn read_pixels<const N: usize>(&self, stored: &[u8], line: usize, row: &mut [u8]) {
        let row = row.as_chunks_mut::<N>().0;
        let samples = stored.chunks_exact(self.samples);
        // A pixel has at least as many samples as its layout, except for palette indices and YCbCr blocks.
        let pixels = samples.clone().filter_map(|pixel| pixel.first_chunk::<N>()).zip(row.iter_mut());
        let set = |pixel: &mut [u8; N], rgb: [u8; 3]| pixel[..3].copy_from_slice(&rgb);
        match &self.kind {
            SampleKind::Plain => pixels.for_each(|(from, to)| *to = *from),
            SampleKind::Ink => {
                let inks = if self.layout.has_alpha() { N - 1 } else { N };
                pixels.for_each(|(from, to)| {
                    *to = std::array::from_fn(|c| if c < inks { 255 - from[c] } else { from[c] });
                });
            }
            SampleKind::InkAlpha { is_premultiplied } => {
                let mut stored: Vec<[u8; 5]> =
                    samples.filter_map(|pixel| pixel.first_chunk()).copied().collect();
                if *is_premultiplied {
                    stored.iter_mut().for_each(|pixel| divide_by_alpha(pixel));
                }
                let converted = self.ink_converter.as_ref().and_then(|converter| {
                    converter.convert(
                        stored.iter().flat_map(|[inks @ .., _]| *inks).collect::<Vec<_>>().as_slice(),
                    )
                });
                let converted = converted.as_deref().unwrap_or_default().as_chunks::<3>().0;
                for (i, ([inks @ .., alpha], to)) in stored.iter().zip(row).enumerate() {
                    let plain = || color::paper_to_rgb(inks.map(|ink| 255 - ink));
                    set(to, converted.get(i).copied().unwrap_or_else(plain));
                    if let Some(to) = to.get_mut(3) {
                        *to = *alpha;
                    }
                }
            }
            SampleKind::Ycc => {
                pixels.for_each(|(from, to)| set(to, resize::ycc_to_rgb(from[0], from[1], from[2])));
            }
            SampleKind::CustomYcc(ycc) => {
                pixels.for_each(|(from, to)| set(to, ycc.rgb(from[0], from[1], from[2])));
            }
            SampleKind::SubsampledYcc { across, down, ycc } => {
                let units = stored.chunks_exact(across * down + 2).zip(row.chunks_mut(*across));
                for (unit, to) in units {
                    let (luma, chroma) = unit.split_at(across * down);
                    for (luma, pixel) in luma[line * across..].iter().zip(to) {
                        set(pixel, ycc.rgb(*luma, chroma[0], chroma[1]));
                    }
                }
            }
            SampleKind::Lab { is_signed } => {
                let color = |sample: u8| {
                    if *is_signed { f32::from(sample as i8) } else { f32::from(sample) - 128.0 }
                };
                pixels.for_each(|(from, to)| {
                    set(to, lab::to_srgb(f32::from(from[0]) * 100.0 / 255.0, color(from[1]), color(from[2])));
                });
            }
            // The rows of such a page were read as rows of bytes.
            SampleKind::SharedBytes { .. } => {}
            SampleKind::Palette(colors) => samples.zip(row).for_each(|(from, to)| {
                let index = match from {
                    [low, high, ..] if self.has_wide_indices => {
                        usize::from(u16::from_le_bytes([*low, *high]))
                    }
                    _ => usize::from(from[0]) * ((1 << self.bits.min(8)) - 1) / 255,
                };
                set(to, colors.get(index).copied().unwrap_or_default());
                if let (Some(to), Some(alpha)) = (to.get_mut(3), from.last()) {
                    *to = *alpha;
                }
            }),
            SampleKind::Premultiplied => pixels.for_each(|(from, to)| {
                *to = *from;
                divide_by_alpha(to);
            }),
        }
    }
}

/// Returns the name of an unsupported compression.
fn unsupported_compression(compression: u64) -> Option<&'static str> {
    Some(match compression {
        1..=5 | 7 | 8 | 32_771 | 32_773 | 32_946 | 34_925 | 50_000 | 50_001 => return None,
        6 => "TIFF with old-style JPEG compression",
        33_003..=33_005 | 34_712 => "TIFF with JPEG 2000 compression",
        34_661 => "TIFF with JBIG compression",
        34_887 => "TIFF with LERC compression",
        50_002 | 52_546 => "TIFF with JPEG XL compression",
        _ => "TIFF with this compression",
    })
}

fn ycc_kind(
    directory: &Directory<'_>,
    compression: u64,
    samples: usize,
    bits: u64,
) -> Result<SampleKind, ImageError> {
    // The JPEG decoder upsamples chroma to every pixel.
    if matches!(compression, 6 | 7) {
        return Ok(SampleKind::Ycc);
    }
    let ycc = YccCoding::from_directory(directory);
    let shared = directory.numbers(tag::YCC_SUBSAMPLING);
    let (across, down) = match shared[..] {
        [] => (2, 2),
        [across @ (1 | 2 | 4), down @ (1 | 2 | 4)] => (across as usize, down as usize),
        _ => return Err(damaged("its subsampling is invalid")),
    };
    if (across, down) == (1, 1) {
        return Ok(SampleKind::CustomYcc(ycc));
    }
    let predicted = has_predictor_support(compression) && directory.number(tag::PREDICTOR).unwrap_or(1) != 1;
    if samples != 3 || bits != 8 || predicted || directory.number(tag::PLANAR) == Some(2) {
        return unsupported("TIFF with this kind of YCbCr subsampling");
    }
    Ok(SampleKind::SubsampledYcc { across, down, ycc })
}

/// Returns the colors of an indexed page.
fn read_palette(directory: &Directory<'_>) -> Result<Vec<[u8; 3]>, ImageError> {
    let map = directory.numbers(tag::COLOR_MAP);
    if map.is_empty() {
        return Err(damaged("it has no color map"));
    }
    let count = map.len() / 3;
    // Some writers stored 8 bits instead of 16.
    let shift = if map.iter().all(|sample| *sample < 256) { 0 } else { 8 };
    let sample = |channel: usize, i: usize| (map[channel * count + i] >> shift) as u8;
    Ok((0..count).map(|i| [sample(0, i), sample(1, i), sample(2, i)]).collect())
}

/// Replaces differences from the pixel to the left by the values, in samples of 8 bits.
pub(crate) fn undo_predictor(rows: &mut [u8], row_bytes: usize, samples: usize) {
    for row in rows.chunks_exact_mut(row_bytes) {
        match samples {
            1 => add_up::<1>(row),
            3 => add_up::<3>(row),
            4 => add_up::<4>(row),
            _ => (samples..row_bytes).for_each(|at| row[at] = row[at].wrapping_add(row[at - samples])),
        }
    }
}

fn add_up<const N: usize>(row: &mut [u8]) {
    let mut sum = [0_u8; N];
    for pixel in row.as_chunks_mut::<N>().0 {
        sum = std::array::from_fn(|c| sum[c].wrapping_add(pixel[c]));
        *pixel = sum;
    }
}

/// Returns a sample of `bits` bits at bit offset `at`, scaled to 8 bits.
fn read_shared_sample(stored: &[u8], at: usize, bits: usize) -> u8 {
    let bytes = [0, 1, 2].map(|i| stored.get(at / 8 + i).copied().unwrap_or(0));
    let word = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]);
    let max = (1_u32 << bits) - 1;
    let sample = word >> (24 - at % 8 - bits) & max;
    if bits > 8 { (sample >> (bits - 8)) as u8 } else { (sample * 255 / max) as u8 }
}

/// Converts an IEEE 754 half-precision number.
fn half_to_f32(half: u16) -> f32 {
    let exponent = i32::from(half >> 10 & 31);
    let fraction = f32::from(half & 0x3ff) / 1024.0;
    let size = match exponent {
        0 => fraction * 2.0_f32.powi(-14),
        31 => f32::MAX,
        _ => (1.0 + fraction) * 2.0_f32.powi(exponent - 15),
    };
    if half >> 15 == 1 { -size } else { size }
}

/// Converts samples of any width, in little-endian order, to full-range samples of 8 bits. `row` samples of
/// less than a byte fill whole bytes.
pub(crate) fn to_8_bits(stored: Vec<u8>, page: &Page, row: usize, plane: Option<usize>) -> Vec<u8> {
    let channel = |at: usize| plane.unwrap_or(at % page.samples);
    let float = |(at, sample): (usize, f32)| {
        let sample = sample.clamp(0.0, 1.0);
        match &page.depth_converter {
            Some(converter) => converter.convert(channel(at), (sample * 65_535.0 + 0.5) as u16),
            None => (sample * 255.0 + 0.5) as u8,
        }
    };
    match (page.bits, page.is_float) {
        (8, _) => stored,
        (16, true) => {
            let samples = stored.as_chunks().0.iter();
            samples.map(|sample| half_to_f32(u16::from_le_bytes(*sample))).enumerate().map(float).collect()
        }
        (32, true) => stored
            .as_chunks()
            .0
            .iter()
            .map(|sample| f32::from_le_bytes(*sample))
            .enumerate()
            .map(float)
            .collect(),
        (64, true) => {
            let samples = stored.as_chunks().0.iter();
            samples.map(|sample| f64::from_le_bytes(*sample) as f32).enumerate().map(float).collect()
        }
        (16, _) if let Some(depth_converter) = &page.depth_converter => {
            let samples = stored.as_chunks().0.iter().map(|sample| u16::from_le_bytes(*sample));
            samples.enumerate().map(|(at, sample)| depth_converter.convert(channel(at), sample)).collect()
        }
        (bits @ 16.., _) => {
            let bytes = usize::from(bits / 8);
            stored.iter().skip(bytes - 1).step_by(bytes).copied().collect()
        }
        (bits, _) => {
            let bits = usize::from(bits);
            let max = (1_usize << bits) - 1;
            let mut wide = Vec::with_capacity(stored.len() * 8 / bits);
            for bytes in stored.chunks_exact((row * bits).div_ceil(8)) {
                wide.extend((0..row).map(|x| {
                    let at = x * bits;
                    (usize::from(bytes[at / 8] >> (8 - bits - at % 8)) & max) as u8
                }));
            }
            wide.iter_mut().for_each(|sample| *sample = (usize::from(*sample) * 255 / max) as u8);
            wide
        }
    }
}
