//! Iterates over the frames of a GIF.

use crate::animation::{Disposal, Placement, StoredFrame};
use crate::decode::gif::{Block, Blocks, Control, GifFrame};

pub(super) struct GifFrames<'a> {
    blocks: Blocks<'a>,
    control: Control,
}

impl<'a> GifFrames<'a> {
    /// Returns the frames, and the number of times that the animation plays: once, unless the file states
    /// repetitions.
    pub(super) fn of(original: &'a [u8]) -> Option<(Self, u32)> {
        let (mut blocks, _) = Blocks::of(original).ok()?;
        let plays = blocks.find_map(|block| match block {
            Block::Application(b"NETSCAPE2.0" | b"ANIMEXTS1.0", mut parts) => {
                let [1, low, high, ..] = parts.next()? else { return None };
                let repeats = u32::from(u16::from_le_bytes([*low, *high]));
                Some(if repeats == 0 { 0 } else { repeats + 1 })
            }
            _ => None,
        });
        let (blocks, _) = Blocks::of(original).ok()?;
        Some((Self { blocks, control: Control::default() }, plays.unwrap_or(1)))
    }
}

impl<'a> Iterator for GifFrames<'a> {
    type Item = (Placement, StoredFrame<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let frame = match self.blocks.next()? {
                Block::Control(control) => {
                    self.control = control;
                    continue;
                }
                Block::Application(..) => continue,
                Block::Frame(frame) => frame,
            };
            let Control { disposal, delay, transparent } = std::mem::take(&mut self.control);
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
