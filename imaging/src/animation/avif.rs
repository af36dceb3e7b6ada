//! Iterates over the frames of an animated AVIF. Each frame fills the canvas.

use std::rc::Rc;

use crate::ImageError;
use crate::animation::{Disposal, MAX_FRAMES, Placement, StoredFrame};
use crate::decode::heif::{self, FrameDecoder, Sequence};

pub(super) struct AvifFrames<'a> {
    sequence: Rc<Sequence<'a>>,
    /// The index of the next frame.
    next: usize,
}

impl<'a> AvifFrames<'a> {
    /// Returns the frames, and the number of times that the animation plays. Returns `None` if the file shows a still
    /// picture.
    pub(super) fn new(original: &'a [u8]) -> Option<(Self, u32)> {
        let sequence = heif::sequence(original, MAX_FRAMES as usize)?;
        let plays = sequence.plays;
        Some((Self { sequence: Rc::new(sequence), next: 0 }, plays))
    }

    /// Returns the number of bytes that decoding the frames needs, except for the pixels of a frame.
    pub(super) fn memory(&self) -> u64 {
        heif::frames_memory(&self.sequence)
    }

    /// Returns a decoder, which must be passed each frame.
    pub(super) fn decoder(&self) -> Result<FrameDecoder<'a>, ImageError> {
        FrameDecoder::new(Rc::clone(&self.sequence))
    }
}

impl<'a> Iterator for AvifFrames<'a> {
    type Item = (Placement, StoredFrame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let frame = self.sequence.frame(self.next)?;
        self.next += 1;
        let (width, height) = self.sequence.picture.transform.window.size();
        let placement = Placement {
            left: 0,
            top: 0,
            width,
            height,
            milliseconds: frame.milliseconds,
            blends: false,
            disposal: Disposal::Keep,
        };
        Some((placement, StoredFrame::Avif(frame)))
    }
}
