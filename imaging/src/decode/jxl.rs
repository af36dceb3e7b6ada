//! Decodes the first frame of a JPEG XL.

use jxl::api::{
    AlphaMode, Endianness, Event, ExtraChannel, JxlColorEncoding, JxlColorProfile, JxlColorType,
    JxlDataFormat, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, JxlParallelRunner, JxlParallelRunnerFun,
    JxlPixelFormat, JxlTransferFunction,
};
use jxl::error::Error;
use jxl::image::OwnedRawImage;

use crate::budget::WorkBudget;
use crate::curves::DepthConverter;
use crate::decode::{DecodeOutput, DecodeRequest, upright_header};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, Limits, SourceFormat, profiles};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Jxl, reason)
}

/// The number of pixels that a section of a frame counts as. A section has at least 256 x 256 pixels in one
/// of several passes, and a picture can consist of frames that are never shown.
const SECTION_PIXELS: u64 = 1 << 15;

/// The number of bytes in memory per sample: a buffer in each of four reference frames and in the current frame.
const SAMPLE_BYTES: u64 = 4 * 5;

/// The samples of a frame smaller than a section. Such a frame stores patches that the picture repeats.
const MIN_SAMPLE_LIMIT: u64 = 1 << 18;

/// Runs the decoder's sections on one thread, and stops when the budget is spent.
struct BudgetRunner<'a> {
    budget: &'a WorkBudget<'a>,
    error_of_budget: Option<ImageError>,
}

impl JxlParallelRunner for BudgetRunner<'_> {
    fn run(&mut self, count: usize, section: &JxlParallelRunnerFun<'_>) -> Result<(), Error> {
        for i in 0..count {
            if let Err(error) = self.budget.spend_pixels(SECTION_PIXELS) {
                self.error_of_budget = Some(error);
                return Err(Error::ApiUsageError("the budget is spent"));
            }
            section(i)?;
        }
        Ok(())
    }

    fn num_threads(&self) -> usize {
        1
    }

    fn run_ordered(
        &mut self,
        count: usize,
        _threads: Option<usize>,
        section: &JxlParallelRunnerFun<'_>,
    ) -> Result<(), Error> {
        self.run(count, section)
    }
}

/// A decoder that has read the header.
struct JxlHeader<'a> {
    decoder: JxlDecoder,
    rest: &'a [u8],
    width: u32,
    height: u32,
    extra_channels: usize,
    layout: Layout,
    frames: u32,
}

/// Converts an error of the decoder.
fn convert_error(error: &Error) -> ImageError {
    match error {
        Error::OutOfBounds(_) => damaged("its data ends early"),
        Error::ImageSizeTooLarge(..) => {
            damaged("it contains a picture that is larger than its header declares")
        }
        Error::LevelLimitExceeded { .. } => ImageError::Unsupported { format: "JPEG XL above level 5" },
        _ => damaged("it is malformed"),
    }
}

fn read_header(original: &[u8], max_samples: Option<u64>) -> Result<JxlHeader<'_>, ImageError> {
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = max_samples.and_then(|max_samples| usize::try_from(max_samples).ok());
    options.alpha_mode = AlphaMode::Unpremultiplied;
    let mut decoder = JxlDecoder::new(options);
    let mut rest = original;
    match decoder.process(&mut rest, None, None).map_err(|error| convert_error(&error))? {
        Event::BasicInfo => {}
        Event::NeedMoreInput { .. } => return Err(damaged("its data ends early")),
        Event::FrameHeader | Event::FrameComplete { .. } | Event::Complete => {
            return Err(damaged("it has no header"));
        }
    }
    let (info, profile) = decoder
        .basic_info()
        .zip(decoder.embedded_color_profile())
        .ok_or_else(|| damaged("it has no header"))?;
    let side = |side: usize| u32::try_from(side).map_err(|_| damaged("its size is invalid"));
    let (width, height) = (side(info.size.0)?, side(info.size.1)?);
    if width == 0 || height == 0 {
        return Err(damaged("a side has zero pixels"));
    }
    if profile.is_cmyk() {
        return Err(ImageError::Unsupported { format: "JPEG XL in CMYK" });
    }
    let alpha = info.extra_channels.iter().find(|channel| channel.ec_type == ExtraChannel::Alpha);
    let layout = match (profile.channels(), alpha) {
        (1, None) => Layout::Gray,
        (1, Some(_)) => Layout::GrayAlpha,
        (_, None) => Layout::Rgb,
        (_, Some(_)) => Layout::Rgba,
    };
    let extra_channels = info.extra_channels.len();
    // The number of frames is known only after all have been read.
    let frames = if info.animation.is_some() { 2 } else { 1 };
    Ok(JxlHeader { decoder, rest, width, height, extra_channels, layout, frames })
}

impl JxlHeader<'_> {
    fn samples(&self) -> u64 {
        (u64::from(self.width) * u64::from(self.height)).saturating_mul(3 + self.extra_channels as u64)
    }

    /// Returns the number of bytes that decoding needs.
    fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        // Samples of 16 bits, and the same samples in 8 bits.
        let out = pixels.saturating_mul(self.layout.channels() as u64 * 3);
        self.samples().saturating_mul(SAMPLE_BYTES).saturating_add(out).saturating_add(MAX_PROFILE as u64 * 2)
    }
}

pub(crate) fn header(original: &[u8], limits: &Limits) -> Result<Header, ImageError> {
    let header = read_header(original, None)?;
    let memory = header.memory();
    let size = (header.width, header.height);
    let header = upright_header(SourceFormat::Jxl, size, 1, header.frames, memory);
    limits.check_header(&header)?;
    Ok(header)
}

/// Returns the profile of the decoded samples, or `None` if it is sRGB.
fn output_profile(decoder: &JxlDecoder, layout: Layout) -> Option<Vec<u8>> {
    let srgb = JxlColorProfile::Simple(JxlColorEncoding::srgb(layout.is_gray()));
    let profile = decoder.output_color_profile().filter(|profile| !profile.same_color_encoding(&srgb))?;
    if let JxlColorProfile::Simple(JxlColorEncoding::GrayscaleColorSpace { transfer_function, .. }) = profile
    {
        // The profile that the decoder would create does not say that the range is high.
        match transfer_function {
            JxlTransferFunction::PQ => return profiles::from_cicp(1, 16, true),
            JxlTransferFunction::HLG => return profiles::from_cicp(1, 18, true),
            _ => {}
        }
    }
    Some(profile.try_as_icc()?.into_owned()).filter(|icc| icc.len() <= MAX_PROFILE)
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let header = read_header(original, None)?;
    request.check_memory(header.memory())?;
    // The decoder rejects this many samples, and counts a narrow frame as 16 columns wide.
    let columns = u64::from(header.width.max(16));
    let max_samples =
        columns.saturating_mul(u64::from(header.height)).saturating_mul(3 + header.extra_channels as u64);
    let max_samples = max_samples.max(MIN_SAMPLE_LIMIT) + 1;
    let JxlHeader { mut decoder, mut rest, width, height, extra_channels, layout, .. } =
        read_header(original, Some(max_samples))?;
    request.budget.spend_bytes(original.len())?;
    let mut format = JxlPixelFormat {
        color_type: match layout {
            Layout::Gray => JxlColorType::Grayscale,
            Layout::GrayAlpha => JxlColorType::GrayscaleAlpha,
            Layout::Rgba => JxlColorType::Rgba,
            Layout::Rgb | Layout::Cmyk => JxlColorType::Rgb,
        },
        color_data_format: Some(JxlDataFormat::U8 { bit_depth: 8 }),
        extra_channel_format: vec![None; extra_channels],
    };
    decoder.set_pixel_format(format.clone()).map_err(|error| convert_error(&error))?;
    let icc = output_profile(&decoder, layout);
    let channels = layout.channels();
    let colors = if layout.is_gray() { 1 } else { 3 };
    // Lossy pictures have more precision than 8 bits, whatever depth they declare.
    let converter = icc.as_deref().and_then(|icc| DepthConverter::from_profile(icc, colors));
    if converter.is_some() {
        format.color_data_format =
            Some(JxlDataFormat::U16 { endianness: Endianness::native(), bit_depth: 16 });
        decoder.set_pixel_format(format).map_err(|error| convert_error(&error))?;
    }
    let sample_bytes = if converter.is_some() { 2 } else { 1 };
    let row_bytes = width as usize * channels * sample_bytes;
    let mut rows = OwnedRawImage::new((row_bytes, height as usize)).map_err(|error| convert_error(&error))?;
    let mut runner = BudgetRunner { budget: request.budget, error_of_budget: None };
    let mut partial = false;
    loop {
        let mut out = [JxlOutputBuffer::from_image_rect_mut(rows.as_rect_mut())];
        match decoder.process(&mut rest, Some(&mut out), Some(&mut runner)) {
            Ok(Event::FrameComplete { .. } | Event::Complete) => break,
            Ok(Event::BasicInfo | Event::FrameHeader) => {}
            Ok(Event::NeedMoreInput { .. }) => {
                partial = true;
                let drawn = decoder.flush_pixels(&mut out, Some(&mut runner));
                if !drawn.is_ok_and(|drawn| drawn) {
                    return Err(runner.error_of_budget.unwrap_or_else(|| damaged("its data ends early")));
                }
                break;
            }
            Err(error) => return Err(runner.error_of_budget.unwrap_or_else(|| convert_error(&error))),
        }
    }
    let mut data = Vec::with_capacity(width as usize * height as usize * channels);
    for row in (0..height as usize).map(|y| rows.row(y)) {
        match &converter {
            None => data.extend(row),
            Some(converter) => {
                let samples = row.as_chunks().0.iter().enumerate();
                data.extend(
                    samples.map(|(i, sample)| converter.convert(i % channels, u16::from_ne_bytes(*sample))),
                );
            }
        }
    }
    let raster = Raster::Packed(Pixels::new(width, height, layout, data));
    Ok(DecodeOutput { raster, icc: converter.map_or(icc, |converter| converter.icc), partial })
}
