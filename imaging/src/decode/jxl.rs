//! Decodes the first frame of a JPEG XL.

use jxl::api::{
    Event, ExtraChannel, JxlColorEncoding, JxlColorProfile, JxlColorType, JxlDataFormat, JxlDecoder,
    JxlDecoderOptions, JxlOutputBuffer, JxlParallelRunner, JxlParallelRunnerFun, JxlPixelFormat,
};
use jxl::error::Error;

use crate::budget::WorkBudget;
use crate::decode::{DecodeOutput, DecodeRequest, divide_by_alpha, upright_header};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels, Raster};
use crate::{Header, ImageError, Limits, SourceFormat};

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
    is_premultiplied: bool,
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
    let is_premultiplied = alpha.is_some_and(|alpha| alpha.alpha_associated);
    let extra_channels = info.extra_channels.len();
    // The number of frames is known only after all have been read.
    let frames = if info.animation.is_some() { 2 } else { 1 };
    Ok(JxlHeader { decoder, rest, width, height, extra_channels, layout, is_premultiplied, frames })
}

impl JxlHeader<'_> {
    fn samples(&self) -> u64 {
        (u64::from(self.width) * u64::from(self.height)).saturating_mul(3 + self.extra_channels as u64)
    }

    /// Returns the number of bytes that decoding needs.
    fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let out = pixels.saturating_mul(self.layout.channels() as u64);
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

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let header = read_header(original, None)?;
    request.check_memory(header.memory())?;
    // The decoder rejects this many samples, and counts a narrow frame as 16 columns wide.
    let columns = u64::from(header.width.max(16));
    let max_samples =
        columns.saturating_mul(u64::from(header.height)).saturating_mul(3 + header.extra_channels as u64);
    let max_samples = max_samples.max(MIN_SAMPLE_LIMIT) + 1;
    let JxlHeader { mut decoder, mut rest, width, height, extra_channels, layout, is_premultiplied, .. } =
        read_header(original, Some(max_samples))?;
    request.budget.spend_bytes(original.len())?;
    let color_type = match layout {
        Layout::Gray => JxlColorType::Grayscale,
        Layout::GrayAlpha => JxlColorType::GrayscaleAlpha,
        Layout::Rgba => JxlColorType::Rgba,
        Layout::Rgb | Layout::Cmyk => JxlColorType::Rgb,
    };
    let format = JxlPixelFormat {
        color_type,
        color_data_format: Some(JxlDataFormat::U8 { bit_depth: 8 }),
        extra_channel_format: vec![None; extra_channels],
    };
    decoder.set_pixel_format(format).map_err(|error| convert_error(&error))?;
    let row_bytes = width as usize * layout.channels();
    let mut data = vec![0; row_bytes * height as usize];
    let mut runner = BudgetRunner { budget: request.budget, error_of_budget: None };
    let mut partial = false;
    loop {
        let mut out = [JxlOutputBuffer::new(&mut data, height as usize, row_bytes)];
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
    let is_gray = matches!(layout, Layout::Gray | Layout::GrayAlpha);
    let srgb = JxlColorProfile::Simple(JxlColorEncoding::srgb(is_gray));
    let profile = decoder.output_color_profile().filter(|profile| !profile.same_color_encoding(&srgb));
    let icc = profile.and_then(JxlColorProfile::try_as_icc).map(|icc| icc.into_owned());
    if is_premultiplied {
        data.chunks_exact_mut(layout.channels()).for_each(divide_by_alpha);
    }
    let raster = Raster::Packed(Pixels::new(width, height, layout, data));
    Ok(DecodeOutput { raster, icc: icc.filter(|icc| icc.len() <= MAX_PROFILE), partial })
}
