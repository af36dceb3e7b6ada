//! Iterates over the frames of a GIF.

use crate::animation::{Disposal, Placement, StoredFrame};
use crate::decode::gif::{GifBlock, GifBlocks, GifFrame, GraphicControl};

pub(super) struct GifFrames<'a> {
    blocks: GifBlocks<'a>,
    control: GraphicControl,
}

impl<'a> GifFrames<'a> {
    /// Returns the frames, and the number of times that the animation plays: once, unless the file declares
    /// repetitions.
    pub(super) fn new(original: &'a [u8]) -> Option<(Self, u32)> {
        let (mut blocks, _) = GifBlocks::new(original).ok()?;
        let plays = blocks.find_map(|block| match block {
            GifBlock::Application(b"NETSCAPE2.0" | b"ANIMEXTS1.0", mut parts) => {
                let [1, low, high, ..] = parts.next()? else { return None };
                let repeats = u32::from(u16::from_le_bytes([*low, *high]));
                Some(if repeats == 0 { 0 } else { repeats + 1 })
            }
            _ => None,
        });
        let (blocks, _) = GifBlocks::new(original).ok()?;
        Some((Self { blocks, control: GraphicControl::default() }, plays.unwrap_or(1)))
    }
}

impl<'a> Iterator for GifFrames<'a> {
    type Item = (Placement, StoredFrame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let frame = match self.blocks.next()? {
                GifBlock::Control(control) => {
                    self.control = control;
                    continue;
                }
                GifBlock::Application(..) => continue,
                GifBlock::Frame(frame) => frame,
            };
            let GraphicControl { disposal, delay, transparent } = std::mem::take(&mut self.control);
            let placement = Placement {
                left: frame.left,
                top: frame.top,
                width: frame.width,
                height: frame.height,
                milliseconds: u32::from(delay) * 10,
                blends: true,
                disposal: match disposal {
                    2 => Disposal::Clear,
                    3 => Disposal::Restore,
                    _ => Disposal::Keep,
                },
            };
            return Some((placement, StoredFrame::Gif(GifFrame { left: 0, top: 0, transparent, ..frame })));
        }
    }
}
