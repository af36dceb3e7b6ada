//! Writes the file of an animated AVIF: a track of pictures, a track of their alpha, and the first frame as a still
//! picture for programs that show no animations.
//!
//! The boxes are those of ISO/IEC 14496-12 (the base format and its tracks) and 23008-12 (items and sequences), with the
//! extensions of <https://aomediacodec.github.io/av1-avif/>.

use aom_sys::Packet;

use crate::decode::heif::ALPHA_TYPE;

/// The number of units of a duration per second: the durations are in milliseconds.
const TIMESCALE: u32 = 1000;

/// The transformation matrix of a track that does not transform its pictures.
const IDENTITY_MATRIX: [u32; 9] = [1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30];

/// The primaries of BT.709, the transfer function of sRGB, and the matrix of BT.601, at full range (ITU-T H.273).
const COLOR: [u8; 11] = *b"nclx\0\x01\0\x0d\0\x06\x80";

/// The encoded frames of a track, in order.
#[derive(Default)]
pub(super) struct Track {
    lengths: Vec<u32>,
    /// The frames that a decoder can begin with, from 1.
    key_frames: Vec<u32>,
    bytes: Vec<u8>,
}

impl Track {
    pub(super) fn push(&mut self, sample: Packet) {
        self.lengths.push(u32::try_from(sample.bytes.len()).unwrap_or(u32::MAX));
        if sample.is_key_frame {
            self.key_frames.push(u32::try_from(self.lengths.len()).unwrap_or(u32::MAX));
        }
        self.bytes.extend(sample.bytes);
    }

    /// Returns the level and the tier in the sequence header of the first frame.
    fn level(&self) -> Option<(u8, u8)> {
        // The type and the length, then profile (3 bits), still picture, reduced header, timing information, initial
        // display delay, operating points (5), the first one (12), and its level (5) and tier.
        let [0x0a, _, flags, _, _, level, ..] = self.bytes[..] else { return None };
        (flags & 0b1100 == 0).then_some((level >> 3, level >> 2 & u8::from(level >> 3 > 7)))
    }
}

/// An animation, as encoded.
pub(super) struct Sequence {
    pub(super) size: (u32, u32),
    /// The number of times that it plays, or 0 for endless repetition.
    pub(super) plays: u32,
    /// The duration of each frame in milliseconds.
    pub(super) durations: Vec<u32>,
    pub(super) colors: Track,
    pub(super) alpha: Option<Track>,
}

/// The content of a track or an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Component {
    Color,
    Alpha,
}

impl Component {
    /// Returns the number of its track and of its item.
    fn number(self) -> u32 {
        match self {
            Self::Color => 1,
            Self::Alpha => 2,
        }
    }
}

impl Sequence {
    /// Returns the file.
    pub(super) fn to_file(&self) -> Result<Vec<u8>, String> {
        let data: usize = self.components().map(|(_, track)| track.bytes.len()).sum();
        // The boxes contain the offset of the data, which depends on the length of the boxes.
        let length = self.boxes(0)?.len() + BOX_HEADER;
        u32::try_from(length + data).map_err(|_| "the animation is too large")?;
        let mut file = self.boxes(length as u32)?;
        write_box(&mut file, b"mdat", |file| {
            self.components().for_each(|(_, track)| file.extend(&track.bytes));
        });
        Ok(file)
    }

    fn components(&self) -> impl Iterator<Item = (Component, &Track)> {
        let alpha = self.alpha.as_ref().map(|track| (Component::Alpha, track));
        [(Component::Color, &self.colors)].into_iter().chain(alpha)
    }

    /// Returns all boxes before the data, which begins at the offset `data`.
    fn boxes(&self, data: u32) -> Result<Vec<u8>, String> {
        let mut file = Vec::new();
        write_box(&mut file, b"ftyp", |to| to.extend(b"avis\0\0\0\0avisavifmsf1iso8mif1miafMA1B"));
        let mut tracks = Vec::new();
        let mut offset = data;
        for (component, track) in self.components() {
            let configuration = decoder_configuration(track, component)?;
            tracks.push(ComponentTrack { component, track, offset, configuration });
            offset += track.bytes.len() as u32;
        }
        write_full_box(&mut file, b"meta", 0, |to| self.write_items(to, &tracks));
        write_box(&mut file, b"moov", |to| {
            write_full_box(to, b"mvhd", 1 << 24, |to| {
                write_numbers(to, &[0, 0, 0, 0, TIMESCALE]);
                to.extend(self.total_duration().to_be_bytes());
                // The normal speed and volume.
                write_numbers(to, &[1 << 16, 1 << 24, 0, 0]);
                write_numbers(to, &IDENTITY_MATRIX);
                // The number of the next track.
                write_numbers(to, &[0, 0, 0, 0, 0, 0, tracks.len() as u32 + 1]);
            });
            for track in &tracks {
                write_box(to, b"trak", |to| self.write_track(to, track));
            }
        });
        Ok(file)
    }

    /// Returns the duration of all repetitions, or the maximum for endless repetition.
    fn total_duration(&self) -> u64 {
        if self.plays == 0 { u64::MAX } else { self.duration().saturating_mul(u64::from(self.plays)) }
    }

    fn duration(&self) -> u64 {
        self.durations.iter().map(|duration| u64::from(*duration)).sum()
    }

    /// Writes the first frame as a picture, with its alpha as a second one.
    fn write_items(&self, to: &mut Vec<u8>, tracks: &[ComponentTrack<'_>]) {
        write_handler(to, b"pict");
        write_full_box(to, b"pitm", 0, |to| to.extend(1_u16.to_be_bytes()));
        write_full_box(to, b"iloc", 0, |to| {
            // Offsets and lengths of 4 bytes, and no base offset.
            to.extend([0x44, 0]);
            to.extend((tracks.len() as u16).to_be_bytes());
            for ComponentTrack { component, track, offset, .. } in tracks {
                to.extend((component.number() as u16).to_be_bytes());
                // The data is in this file, in one extent.
                to.extend([0, 0, 0, 1]);
                write_numbers(to, &[*offset, track.lengths.first().copied().unwrap_or(0)]);
            }
        });
        write_full_box(to, b"iinf", 0, |to| {
            to.extend((tracks.len() as u16).to_be_bytes());
            for ComponentTrack { component, .. } in tracks {
                write_full_box(to, b"infe", 2 << 24, |to| {
                    to.extend((component.number() as u16).to_be_bytes());
                    to.extend(b"\0\0av01\0");
                });
            }
        });
        if tracks.len() > 1 {
            // The second item is auxiliary to the first.
            let reference = |to: &mut Vec<u8>| write_box(to, b"auxl", |to| to.extend([0, 2, 0, 1, 0, 1]));
            write_full_box(to, b"iref", 0, reference);
        }
        write_box(to, b"iprp", |to| {
            write_box(to, b"ipco", |to| {
                write_full_box(to, b"ispe", 0, |to| write_numbers(to, &[self.size.0, self.size.1]));
                for ComponentTrack { component, configuration, .. } in tracks {
                    write_box(to, b"av1C", |to| to.extend(configuration));
                    match component {
                        Component::Color => {
                            write_full_box(to, b"pixi", 0, |to| to.extend([3, 8, 8, 8]));
                            write_box(to, b"colr", |to| to.extend(COLOR));
                        }
                        Component::Alpha => {
                            write_full_box(to, b"pixi", 0, |to| to.extend([1, 8]));
                            write_full_box(to, b"auxC", 0, |to| to.extend(ALPHA_TYPE));
                        }
                    }
                }
            });
            // The properties of each item, from 1; a decoder must understand those with the highest bit.
            let properties = [[1, 0x80 | 2, 3, 4], [1, 0x80 | 5, 6, 7]];
            write_full_box(to, b"ipma", 0, |to| {
                write_numbers(to, &[tracks.len() as u32]);
                for (ComponentTrack { component, .. }, properties) in tracks.iter().zip(properties) {
                    to.extend((component.number() as u16).to_be_bytes());
                    to.push(properties.len() as u8);
                    to.extend(properties);
                }
            });
        });
    }

    /// Writes the content of a `trak` box.
    fn write_track(&self, to: &mut Vec<u8>, component_track: &ComponentTrack<'_>) {
        let ComponentTrack { component, track, offset, configuration } = component_track;
        let (width, height) = self.size;
        let duration = u32::try_from(self.duration()).unwrap_or(u32::MAX);
        // Enabled, and a part of the presentation.
        write_full_box(to, b"tkhd", 1 << 24 | 3, |to| {
            write_numbers(to, &[0, 0, 0, 0, component.number(), 0]);
            to.extend(self.total_duration().to_be_bytes());
            write_numbers(to, &[0; 4]);
            write_numbers(to, &IDENTITY_MATRIX);
            write_numbers(to, &[width << 16, height << 16]);
        });
        write_box(to, b"edts", |to| {
            // The whole track, repeated for the duration in `tkhd`.
            write_full_box(to, b"elst", 1, |to| write_numbers(to, &[1, duration, 0, 1 << 16]));
        });
        if *component == Component::Alpha {
            let of_colors = |to: &mut Vec<u8>| write_numbers(to, &[Component::Color.number()]);
            write_box(to, b"tref", |to| write_box(to, b"auxl", of_colors));
        }
        write_box(to, b"mdia", |to| {
            // The language is `und`, in three letters of five bits.
            let numbers = [0, 0, TIMESCALE, duration, 0x55c4 << 16];
            write_full_box(to, b"mdhd", 0, |to| write_numbers(to, &numbers));
            write_handler(to, if *component == Component::Alpha { b"auxv" } else { b"pict" });
            write_box(to, b"minf", |to| {
                write_full_box(to, b"vmhd", 1, |to| to.extend([0; 8]));
                write_box(to, b"dinf", |to| {
                    write_full_box(to, b"dref", 0, |to| {
                        write_numbers(to, &[1]);
                        // The data is in this file.
                        write_full_box(to, b"url ", 1, |_| {});
                    });
                });
                write_box(to, b"stbl", |to| {
                    write_full_box(to, b"stsd", 0, |to| {
                        write_numbers(to, &[1]);
                        write_box(to, b"av01", |to| self.write_sample_entry(to, *component, configuration));
                    });
                    self.write_sample_tables(to, track, *offset);
                });
            });
        });
    }

    fn write_sample_entry(&self, to: &mut Vec<u8>, component: Component, configuration: &[u8; 4]) {
        // The first data reference, and reserved fields.
        to.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        to.extend([0; 16]);
        write_numbers(to, &[self.size.0 << 16 | self.size.1]);
        // At 72 dpi, one frame per sample, without the name of a compressor, and with a depth of 24 bits.
        write_numbers(to, &[72 << 16, 72 << 16, 0]);
        to.extend([0, 1]);
        to.extend([0; 32]);
        to.extend([0, 24, 0xff, 0xff]);
        write_box(to, b"av1C", |to| to.extend(configuration));
        match component {
            Component::Color => write_box(to, b"colr", |to| to.extend(COLOR)),
            Component::Alpha => write_full_box(to, b"auxi", 0, |to| to.extend(ALPHA_TYPE)),
        }
        // A frame uses prediction within itself, and from at most 15 others.
        write_full_box(to, b"ccst", 0, |to| write_numbers(to, &[0b01_1111 << 26]));
    }

    /// Writes the durations, the lengths, the place, and the key frames of the samples of a track.
    fn write_sample_tables(&self, to: &mut Vec<u8>, track: &Track, offset: u32) {
        let count = track.lengths.len() as u32;
        write_full_box(to, b"stts", 0, |to| {
            let runs: Vec<&[u32]> = self.durations.chunk_by(|a, b| a == b).collect();
            write_numbers(to, &[runs.len() as u32]);
            runs.into_iter().for_each(|run| write_numbers(to, &[run.len() as u32, run[0]]));
        });
        // One chunk with all samples.
        write_full_box(to, b"stsc", 0, |to| write_numbers(to, &[1, 1, count, 1]));
        write_full_box(to, b"stsz", 0, |to| {
            write_numbers(to, &[0, count]);
            write_numbers(to, &track.lengths);
        });
        write_full_box(to, b"stco", 0, |to| write_numbers(to, &[1, offset]));
        write_full_box(to, b"stss", 0, |to| {
            write_numbers(to, &[track.key_frames.len() as u32]);
            write_numbers(to, &track.key_frames);
        });
    }
}

/// A track in the file.
struct ComponentTrack<'a> {
    component: Component,
    track: &'a Track,
    /// The offset of its data.
    offset: u32,
    /// The content of its `av1C` box.
    configuration: [u8; 4],
}

/// Returns the content of an `av1C` box: the main profile, 8 bits, and 4:2:0 or gray.
/// <https://aomediacodec.github.io/av1-isobmff/#av1codecconfigurationbox>
fn decoder_configuration(track: &Track, component: Component) -> Result<[u8; 4], String> {
    let (level, tier) = track.level().ok_or("libaom wrote an unknown sequence header")?;
    let is_gray = u8::from(component == Component::Alpha);
    Ok([0x81, level, tier << 7 | is_gray << 4 | 0b1100, 0])
}

/// The length and the type of a box.
const BOX_HEADER: usize = 8;

/// Writes a box with the content that `write` appends.
fn write_box(to: &mut Vec<u8>, kind: &[u8; 4], write: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.extend([0; 4]);
    to.extend(kind);
    write(to);
    let length = u32::try_from(to.len() - start).unwrap_or(u32::MAX);
    to[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// Writes a box with a version (the highest 8 bits) and flags.
fn write_full_box(
    to: &mut Vec<u8>,
    kind: &[u8; 4],
    version_and_flags: u32,
    write: impl FnOnce(&mut Vec<u8>),
) {
    write_box(to, kind, |to| {
        write_numbers(to, &[version_and_flags]);
        write(to);
    });
}

fn write_handler(to: &mut Vec<u8>, kind: &[u8; 4]) {
    write_full_box(to, b"hdlr", 0, |to| {
        to.extend([0; 4]);
        to.extend(kind);
        // Reserved fields, and an empty name.
        to.extend([0; 13]);
    });
}

fn write_numbers(to: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| to.extend(number.to_be_bytes()));
}
