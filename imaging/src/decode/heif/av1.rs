//! Decodes the streams of AVIF with rav1d.

use re_rav1d::dav1d as av1;

use av1::pixel::YUVRange;
use av1::{DecodeFrameType, Decoder, InloopFilterType, PixelLayout, PlanarImageComponent, Settings};

use crate::budget::WorkBudget;
use crate::decode::heif::container::{CodedStream, area};
use crate::decode::heif::yuv::{DecodedPicture, SampleFormat, round_to_8_bits};
use crate::guard::catch_panic;
use crate::{ImageError, SourceFormat};

fn damaged(reason: impl ToString) -> ImageError {
    ImageError::damaged(SourceFormat::Avif, reason)
}

/// Returns the number of bytes that decoding a stream needs: planes in 16 bits, the decoder's data for each block, and
/// the stream.
pub(crate) fn memory(stream: &CodedStream<'_>) -> u64 {
    // The decoder also holds the pictures from which layers are predicted.
    let pictures = if stream.choice.is_layered { MAX_FRAMES as u64 + 1 } else { 1 };
    area(stream.size).saturating_mul(8 * pictures).saturating_add((1 << 20) + stream.len() as u64)
}

/// Decodes one stream on the calling thread. Returns an error if it has more pixels than the container declares.
pub(crate) fn decode_stream(
    stream: &CodedStream<'_>,
    unfiltered: bool,
    budget: &WorkBudget<'_>,
) -> Result<Box<dyn DecodedPicture>, ImageError> {
    let pixels = area(stream.size);
    let data = stream.extents.concat();
    if data.is_empty() {
        return Err(damaged("a stream is empty"));
    }
    let frames = count_frames(&data);
    if frames > MAX_FRAMES {
        return Err(damaged("a stream contains too many pictures"));
    }
    let is_layered = stream.choice.is_layered;
    budget.spend_pixels(pixels * if is_layered { frames as u64 } else { 1 })?;
    let mut settings = settings(pixels);
    if is_layered {
        // Upper layers are predicted from lower ones, so they are not key frames. The decoder returns all
        // layers, because the highest can be missing.
        settings.set_operating_point(stream.choice.operating_point.into());
        settings.set_all_layers(true);
    } else {
        settings.set_decode_frame_type(DecodeFrameType::Key);
    }
    if unfiltered && !is_layered {
        settings.set_inloop_filters(InloopFilterType::empty());
    }
    let mut decoder = Decoder::with_settings(&settings).map_err(damaged)?;
    let mut is_sent = match decoder.send_data(data, None, None, None) {
        Ok(()) => true,
        Err(av1::Error::Again) => false,
        Err(error) => return Err(convert_error(error)),
    };
    let mut best = decoder.get_picture().map_err(convert_error)?;
    let mut layer = 0;
    while is_layered && stream.choice.layer != Some(layer) {
        if !is_sent {
            is_sent = decoder.send_pending_data().is_ok();
        }
        let Ok(next) = decoder.get_picture() else { break };
        layer += 1;
        // A layer of the size that the file declares is preferred.
        let is_shown = (next.width(), next.height()) == stream.size || stream.choice.layer.is_some();
        if is_shown || (best.width(), best.height()) != stream.size {
            best = next;
        }
    }
    Ok(Box::new(best))
}

/// The number of bytes per pixel that decoding a sequence needs: eight reference pictures and the current one, in 16
/// bits, with their motion.
const SEQUENCE_BYTES: u64 = 8 * 10;

/// The maximum number of frames in a sample: the one that is shown, and those from which it and later ones are
/// predicted.
const MAX_SAMPLE_FRAMES: usize = 8;

/// A decoder of the samples of a track, which are predicted from each other.
pub(crate) struct SequenceDecoder {
    decoder: Decoder,
    size: (u32, u32),
    /// The number of frames that the remaining samples may have together.
    frames_left: usize,
}

impl SequenceDecoder {
    /// Returns a decoder of at most `samples` samples of `size`.
    pub(crate) fn new(size: (u32, u32), samples: usize) -> Result<Self, ImageError> {
        let decoder = Decoder::with_settings(&settings(area(size))).map_err(damaged)?;
        // Each frame is decoded once. A sample that shows an earlier frame contains only a header for it.
        Ok(Self { decoder, size, frames_left: samples * 2 + MAX_SAMPLE_FRAMES })
    }

    /// Returns the number of bytes that decoding needs.
    pub(crate) fn memory(size: (u32, u32)) -> u64 {
        area(size).saturating_mul(SEQUENCE_BYTES).saturating_add(1 << 20)
    }

    /// Decodes the next sample.
    pub(crate) fn decode(
        &mut self,
        sample: &[u8],
        budget: &WorkBudget<'_>,
    ) -> Result<av1::Picture, ImageError> {
        budget.spend_bytes(sample.len())?;
        let frames = count_frames(sample);
        self.frames_left = self.frames_left.checked_sub(frames).ok_or(ImageError::TooMuchWork)?;
        if frames > MAX_SAMPLE_FRAMES {
            return Err(damaged("a frame contains too many pictures"));
        }
        match self.decoder.send_data(sample.to_vec(), None, None, None) {
            Ok(()) | Err(av1::Error::Again) => {}
            Err(error) => return Err(convert_error(error)),
        }
        let mut shown = None;
        // Each call decodes at least one frame, or reports that the sample has no more.
        for _ in 0..=MAX_SAMPLE_FRAMES {
            match self.decoder.get_picture() {
                Ok(picture) => shown = Some(picture),
                Err(av1::Error::Again) => break,
                Err(error) => return Err(convert_error(error)),
            }
            match self.decoder.send_pending_data() {
                Ok(()) | Err(av1::Error::Again) => {}
                Err(error) => return Err(convert_error(error)),
            }
        }
        let picture = shown.ok_or_else(|| convert_error(av1::Error::Again))?;
        if (picture.width(), picture.height()) != self.size {
            return Err(damaged("a frame differs in size from its track"));
        }
        Ok(picture)
    }
}

/// Returns the settings of a decoder on the calling thread, for pictures of at most `pixels`.
fn settings(pixels: u64) -> Settings {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(u32::try_from(pixels).unwrap_or(u32::MAX));
    settings.set_all_layers(false);
    settings
}

/// The maximum number of frames in a stream. A still picture has one frame, or one for each layer, and the
/// decoder would decode any others before it returns one.
const MAX_FRAMES: usize = 4;

/// Returns the number of frames in a stream, counted by its OBUs.
fn count_frames(mut stream: &[u8]) -> usize {
    let mut frames = 0;
    while let Some((&head, rest)) = stream.split_first() {
        let has_extension = head & 4 != 0;
        let mut rest = rest.get(usize::from(has_extension)..).unwrap_or_default();
        // The last OBU may omit its length.
        let mut length = if head & 2 == 0 { rest.len() } else { 0 };
        for shift in (0..56).step_by(7).take_while(|_| head & 2 != 0) {
            let Some((&byte, after)) = rest.split_first() else { break };
            rest = after;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        // A frame header, or a whole frame.
        frames += usize::from(matches!(head >> 3 & 15, 3 | 6));
        stream = rest.get(length..).unwrap_or_default();
    }
    frames
}

fn convert_error(error: av1::Error) -> ImageError {
    match error {
        av1::Error::Again => damaged("a stream contains no picture"),
        av1::Error::InvalidArgument => damaged("it contains an invalid AV1 stream"),
        av1::Error::UnsupportedBitstream => ImageError::Unsupported { format: "this variant of AVIF" },
        // The decoder's limit is the size that the file declares.
        av1::Error::UnknownError(error) if format!("{error:?}") == "ERANGE" => {
            damaged("it contains a picture that is larger than its header declares")
        }
        _ => damaged(error),
    }
}

impl DecodedPicture for av1::Picture {
    fn format(&self) -> SampleFormat {
        let chroma = match self.pixel_layout() {
            PixelLayout::I400 => None,
            PixelLayout::I420 => Some((1, 1)),
            PixelLayout::I422 => Some((1, 0)),
            PixelLayout::I444 => Some((0, 0)),
        };
        SampleFormat {
            size: (self.width(), self.height()),
            chroma,
            full_range: self.color_range() == YUVRange::Full,
            matrix: self.matrix_coefficients() as u8,
            // The getters of the crate panic for a code that H.273 does not define.
            cicp: catch_panic(|| (self.color_primaries() as u8, self.transfer_characteristic() as u8))
                .unwrap_or((2, 2)),
        }
    }

    fn read(&self, plane: usize, x: usize, y: usize, width: usize, line: &mut Vec<u8>) {
        let component = [PlanarImageComponent::Y, PlanarImageComponent::U, PlanarImageComponent::V][plane];
        let samples = self.plane(component);
        let row = samples.get(y * self.stride(component) as usize..).unwrap_or_default();
        if self.bit_depth() == 8 {
            line.extend(row.iter().skip(x).take(width));
            return;
        }
        let depth = self.bit_depth() as u8;
        let wide = row.as_chunks().0.iter().skip(x).take(width);
        line.extend(wide.map(|sample| round_to_8_bits(u16::from_ne_bytes(*sample), depth)));
    }
}
