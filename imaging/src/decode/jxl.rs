//! JPEG XL, the first frame.

use jxl::api::{
    Event, ExtraChannel, JxlColorEncoding, JxlColorProfile, JxlColorType, JxlDataFormat, JxlDecoder,
    JxlDecoderOptions, JxlOutputBuffer, JxlParallelRunner, JxlParallelRunnerFun, JxlPixelFormat,
};
use jxl::error::Error;

use crate::decode::{Decoded, Request, divide_by_alpha, upright};
use crate::limits::MAX_PROFILE;
use crate::pixels::{Layout, Pixels, Raster};
use crate::work::Work;
use crate::{Header, ImageError, Limits, SourceFormat};

fn damaged(reason: &str) -> ImageError {
    ImageError::damaged(SourceFormat::Jxl, reason)
}

/// A section of a frame counts as so many pixels. It has 256 x 256 or more of one of several passes, and a picture may be
/// put together from frames that are never shown.
const SECTION: u64 = 1 << 15;

/// What is held of a sample: in a buffer for each of four frames that others refer to, and in the frame under way.
const SAMPLE_BYTES: u64 = 4 * 5;

/// The samples of a frame that is smaller than a section: what is repeated in the picture is kept in one.
const SMALL_FRAME: u64 = 1 << 18;

/// Runs the decoder's work on one thread, and ends it where it is too much.
struct Runner<'a> {
    work: &'a Work<'a>,
    refused: Option<ImageError>,
}

impl JxlParallelRunner for Runner<'_> {
    fn run(&mut self, count: usize, section: &JxlParallelRunnerFun<'_>) -> Result<(), Error> {
        for i in 0..count {
            if let Err(error) = self.work.take_pixels(SECTION) {
                self.refused = Some(error);
                return Err(Error::ApiUsageError("the caller wants no more"));
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
struct Begun<'a> {
    decoder: JxlDecoder,
    rest: &'a [u8],
    width: u32,
    height: u32,
    extra: usize,
    layout: Layout,
    is_premultiplied: bool,
    frames: u32,
}

/// The error of a file that the decoder does not read.
fn unread(error: &Error) -> ImageError {
    match error {
        Error::OutOfBounds(_) => damaged("its data ends early"),
        Error::ImageSizeTooLarge(..) => damaged("a picture in it is larger than it says"),
        _ => damaged("it breaks the rules of its format"),
    }
}

fn begin<'a>(original: &'a [u8], max_samples: Option<u64>) -> Result<Begun<'a>, ImageError> {
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = max_samples.and_then(|most| usize::try_from(most).ok());
    let mut decoder = JxlDecoder::new(options);
    let mut rest = original;
    match decoder.process(&mut rest, None, None).map_err(|error| unread(&error))? {
        Event::BasicInfo => {}
        Event::NeedMoreInput { .. } => return Err(damaged("its data ends early")),
        Event::FrameHeader | Event::FrameComplete { .. } | Event::Complete => {
            return Err(damaged("no header"));
        }
    }
    let (info, profile) =
        decoder.basic_info().zip(decoder.embedded_color_profile()).ok_or_else(|| damaged("no header"))?;
    let side = |side: usize| u32::try_from(side).map_err(|_| damaged("an impossible size"));
    let (width, height) = (side(info.size.0)?, side(info.size.1)?);
    if width == 0 || height == 0 {
        return Err(damaged("a side of zero pixels"));
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
    let extra = info.extra_channels.len();
    // How many there are is known only when all are read.
    let frames = if info.animation.is_some() { 2 } else { 1 };
    Ok(Begun { decoder, rest, width, height, extra, layout, is_premultiplied, frames })
}

impl Begun<'_> {
    fn samples(&self) -> u64 {
        (u64::from(self.width) * u64::from(self.height)).saturating_mul(3 + self.extra as u64)
    }

    /// What decoding holds, in bytes.
    fn memory(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let out = pixels.saturating_mul(self.layout.channels() as u64);
        self.samples().saturating_mul(SAMPLE_BYTES).saturating_add(out).saturating_add(MAX_PROFILE as u64 * 2)
    }
}

pub(crate) fn header(original: &[u8], limits: &Limits) -> Result<Header, ImageError> {
    let begun = begin(original, None)?;
    let memory = begun.memory();
    let size = (begun.width, begun.height);
    let header = upright(SourceFormat::Jxl, size, 1, begun.frames, memory);
    limits.check_header(&header)?;
    Ok(header)
}

pub(crate) fn decode(original: &[u8], request: &Request<'_>) -> Result<Decoded, ImageError> {
    let begun = begin(original, None)?;
    request.check_memory(begun.memory())?;
    // The decoder refuses as many, and counts a narrow frame as one of 16 columns.
    let columns = u64::from(begun.width.max(16));
    let most = columns.saturating_mul(u64::from(begun.height)).saturating_mul(3 + begun.extra as u64);
    let most = most.max(SMALL_FRAME) + 1;
    let Begun { mut decoder, mut rest, width, height, extra, layout, is_premultiplied, .. } =
        begin(original, Some(most))?;
    request.work.take_bytes(original.len())?;
    let color_type = match layout {
        Layout::Gray => JxlColorType::Grayscale,
        Layout::GrayAlpha => JxlColorType::GrayscaleAlpha,
        Layout::Rgba => JxlColorType::Rgba,
        Layout::Rgb | Layout::Cmyk => JxlColorType::Rgb,
    };
    let format = JxlPixelFormat {
        color_type,
        color_data_format: Some(JxlDataFormat::U8 { bit_depth: 8 }),
        extra_channel_format: vec![None; extra],
    };
    decoder.set_pixel_format(format).map_err(|error| unread(&error))?;
    let row_bytes = width as usize * layout.channels();
    let mut data = vec![0; row_bytes * height as usize];
    let mut runner = Runner { work: request.work, refused: None };
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
                    return Err(runner.refused.unwrap_or_else(|| damaged("its data ends early")));
                }
                break;
            }
            Err(error) => return Err(runner.refused.unwrap_or_else(|| unread(&error))),
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
    Ok(Decoded { raster, icc: icc.filter(|icc| icc.len() <= MAX_PROFILE), partial })
}
