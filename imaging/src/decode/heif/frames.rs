//! Decodes the frames of an animated AVIF one after the other.

use std::cell::Cell;
use std::rc::Rc;

use crate::decode::DecodeRequest;
use crate::decode::heif::av1::SequenceDecoder;
use crate::decode::heif::container::area;
use crate::decode::heif::pixels::{AlphaChannel, PlacedTile, TilePainter, read_picture};
use crate::decode::heif::sequence::{Sequence, SequenceFrame};
use crate::decode::heif::transform::Window;
use crate::decode::heif::yuv::PicturePlanes;
use crate::pixels::Pixels;
use crate::{ImageError, SourceFormat};

/// Returns the animation of a file with at most `most` frames, or `None` if the file shows a still picture.
pub(crate) fn sequence(original: &[u8], most: usize) -> Option<Sequence<'_>> {
    let still = read_picture(original, SourceFormat::Avif).ok()?;
    Sequence::new(original, &still, most)
}

/// Returns the number of bytes that decoding the frames needs, except for the pixels of a frame.
pub(crate) fn memory(sequence: &Sequence<'_>) -> u64 {
    let size = sequence.picture.size;
    let decoders = if sequence.has_alpha() { 2 } else { 1 };
    // The planes of a frame in 8 bits, and its alpha.
    SequenceDecoder::memory(size) * decoders + PicturePlanes::memory(size, (1, 1)) + area(size)
}

/// A decoder of frames, each of which may be predicted from those before it.
pub(crate) struct FrameDecoder<'a> {
    sequence: Rc<Sequence<'a>>,
    colors: SequenceDecoder,
    alphas: Option<SequenceDecoder>,
}

impl<'a> FrameDecoder<'a> {
    pub(crate) fn new(sequence: Rc<Sequence<'a>>) -> Result<Self, ImageError> {
        let decoder = || SequenceDecoder::new(sequence.picture.size, sequence.len());
        let alphas = if sequence.has_alpha() { Some(decoder()?) } else { None };
        let colors = decoder()?;
        Ok(Self { sequence, colors, alphas })
    }

    /// Decodes the next frame. Returns the window that is shown, not turned upright.
    pub(crate) fn decode(
        &mut self,
        frame: SequenceFrame<'_>,
        request: &DecodeRequest<'_>,
    ) -> Result<Pixels, ImageError> {
        let picture = &self.sequence.picture;
        let size = picture.size;
        let decode = |decoder: &mut SequenceDecoder, sample: &[u8]| {
            request.budget.spend_pixels(area(size))?;
            decoder.decode(sample, request.budget)
        };
        let place =
            |window: Window, source| PlacedTile { at: (0, 0), source: Box::new(source), part: window };
        let alpha = match self.alphas.as_mut().zip(frame.alpha) {
            Some((decoder, sample)) => {
                let whole = Window { left: 0, top: 0, width: size.0, height: size.1 };
                let mut alpha = AlphaChannel::opaque(size, size, request)?;
                alpha.paint(&place(whole, decode(decoder, sample)?), false, request)?;
                Some(alpha)
            }
            None => None,
        };
        let source = decode(&mut self.colors, frame.color)?;
        let painter = TilePainter {
            picture,
            format: SourceFormat::Avif,
            factor: (1, 1),
            alpha,
            request,
            cicp: &Cell::new(None),
        };
        painter.shrink_tile(&place(picture.transform.window, source), picture.layout())
    }
}
