//! Encodes an animated AVIF. Each frame is predicted from the one before it.

use aom_sys::{Content, Encoder, Packet};

use super::container::{Sequence, Track};
use super::{alpha_encoder, alpha_plane, color_encoder, encode_alpha, encode_color};
use crate::pixels::{Layout, Pixels};

/// The OBU that begins the stream of each frame. A container has none.
/// <https://aomediacodec.github.io/av1-isobmff/#sampleformat>
const TEMPORAL_DELIMITER: [u8; 2] = [0x12, 0];

/// An encoder for an animated AVIF.
pub(crate) struct AvifAnimation {
    size: (u32, u32),
    plays: u32,
    quality: u8,
    colors: Encoder,
    color_track: Track,
    /// The encoder and the track of the alpha, from the first frame with transparent pixels.
    alpha: Option<(Encoder, Track)>,
    /// When each frame begins, in milliseconds.
    timestamps: Vec<u32>,
}

impl AvifAnimation {
    /// Begins an animation that plays `plays` times, or forever if 0.
    pub(crate) fn new(size: (u32, u32), plays: u32, quality: u8) -> Result<Self, String> {
        Ok(Self {
            size,
            plays,
            quality,
            colors: color_encoder(size, Content::Sequence, quality)?,
            color_track: Track::default(),
            alpha: None,
            timestamps: Vec::new(),
        })
    }

    /// Adds a frame of RGB or RGBA pixels that is shown from `timestamp` milliseconds on.
    pub(crate) fn add(&mut self, pixels: &Pixels, timestamp: u32) -> Result<(), String> {
        self.color_track.push(sample(encode_color(&mut self.colors, pixels)?));
        let has_alpha = pixels.layout == Layout::Rgba;
        let opaque = || vec![255; self.size.0 as usize * self.size.1 as usize];
        if has_alpha && self.alpha.is_none() {
            let mut encoder = alpha_encoder(self.size, Content::Sequence, self.quality)?;
            let mut track = Track::default();
            let before = opaque();
            for _ in &self.timestamps {
                track.push(sample(encode_alpha(&mut encoder, &before)?));
            }
            self.alpha = Some((encoder, track));
        }
        if let Some((encoder, track)) = &mut self.alpha {
            let alpha = if has_alpha { alpha_plane(pixels) } else { opaque() };
            track.push(sample(encode_alpha(encoder, &alpha)?));
        }
        self.timestamps.push(timestamp);
        Ok(())
    }

    /// Returns the file and its number of frames. Its last frame is shown until `end` milliseconds.
    pub(crate) fn finish(self, end: u32) -> Result<(Vec<u8>, u32), String> {
        let frames = u32::try_from(self.timestamps.len()).unwrap_or(u32::MAX);
        let ends = self.timestamps.iter().skip(1).copied().chain([end]);
        // The container requires that each frame has a duration.
        let durations =
            self.timestamps.iter().zip(ends).map(|(start, end)| end.saturating_sub(*start).max(1));
        let sequence = Sequence {
            size: self.size,
            plays: self.plays,
            durations: durations.collect(),
            colors: self.color_track,
            alpha: self.alpha.map(|(_, track)| track),
        };
        Ok((sequence.to_file()?, frames))
    }
}

/// Returns the sample of the container for an encoded frame.
fn sample(packet: Packet) -> Packet {
    match packet.bytes.strip_prefix(&TEMPORAL_DELIMITER[..]) {
        Some(rest) => Packet { bytes: rest.to_vec(), ..packet },
        None => packet,
    }
}
