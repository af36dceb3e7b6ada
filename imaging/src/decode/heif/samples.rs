//! Reads the tables of a track: where its samples are, how long they are shown, and how often they are repeated.

use crate::decode::heif::boxes::{BoxReader, find_box};

/// The place of a sample in the file, and the time at which it is shown, in units of the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) offset: u64,
    pub(crate) length: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl Sample {
    /// Returns the bytes of the sample.
    pub(crate) fn bytes(self, original: &[u8]) -> Option<&[u8]> {
        original.get(usize::try_from(self.offset).ok()?..)?.get(..usize::try_from(self.length).ok()?)
    }
}

/// Returns at most `most` samples of a sample table.
pub(crate) fn samples(stbl: &[u8], most: usize) -> Option<Vec<Sample>> {
    let mut durations = find_box(stbl, b"stts").map_or_else(Durations::default, Durations::new);
    let chunks = ChunkLengths::new(find_box(stbl, b"stsc")?)?;
    let mut lengths = SampleLengths::new(stbl)?;
    let (mut offsets, offset_bytes) = match (find_box(stbl, b"stco"), find_box(stbl, b"co64")) {
        (Some(offsets), _) => (BoxReader(offsets.get(8..)?), 4),
        (None, offsets) => (BoxReader(offsets?.get(8..)?), 8),
    };
    let (mut samples, mut start) = (Vec::new(), 0);
    for chunk in 1.. {
        let (Some(mut offset), count @ 1..) = (offsets.number(offset_bytes), chunks.samples_in(chunk)) else {
            break;
        };
        for _ in 0..count {
            if samples.len() == most {
                return Some(samples);
            }
            let Some(length) = lengths.next() else { return Some(samples) };
            let end = start + u64::from(durations.next());
            samples.push(Sample { offset, length, start, end });
            (offset, start) = (offset.checked_add(length)?, end);
        }
    }
    Some(samples)
}

/// Returns the number of samples that a sample table declares.
pub(crate) fn count(stbl: &[u8]) -> Option<u32> {
    SampleLengths::new(stbl).map(|lengths| lengths.left)
}

/// The lengths of the remaining samples.
struct SampleLengths<'a> {
    left: u32,
    /// The length of every sample, or 0 if each has its own.
    all: u32,
    table: BoxReader<'a>,
    /// The bits of a length in the table.
    bits: u8,
    /// The second of two lengths in a byte.
    second: Option<u64>,
}

impl<'a> SampleLengths<'a> {
    fn new(stbl: &'a [u8]) -> Option<Self> {
        if let Some(stsz) = find_box(stbl, b"stsz") {
            let mut table = BoxReader(stsz.get(4..)?);
            let (all, left) = (table.u32()?, table.u32()?);
            return Some(Self { left, all, table, bits: 32, second: None });
        }
        let mut table = BoxReader(find_box(stbl, b"stz2")?.get(7..)?);
        let (bits, left) = (table.u8()?, table.u32()?);
        matches!(bits, 4 | 8 | 16).then_some(Self { left, all: 0, table, bits, second: None })
    }

    fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        if self.all > 0 {
            return Some(self.all.into());
        }
        if let Some(second) = self.second.take() {
            return Some(second);
        }
        let number = self.table.number(usize::from(self.bits).div_ceil(8))?;
        if self.bits == 4 {
            self.second = Some(number & 15);
            return Some(number >> 4);
        }
        Some(number)
    }
}

/// The durations of the remaining samples.
#[derive(Default)]
struct Durations<'a> {
    table: BoxReader<'a>,
    /// The number of remaining samples with the current duration.
    left: u32,
    duration: u32,
}

impl<'a> Durations<'a> {
    fn new(stts: &'a [u8]) -> Self {
        Self { table: BoxReader(stts.get(8..).unwrap_or_default()), ..Self::default() }
    }

    /// Returns the next duration. The last duration is repeated.
    fn next(&mut self) -> u32 {
        while self.left == 0 {
            let (Some(count), Some(duration)) = (self.table.u32(), self.table.u32()) else {
                return self.duration;
            };
            (self.left, self.duration) = (count, duration);
        }
        self.left -= 1;
        self.duration
    }
}

/// The entries of the box that declares the number of samples in each chunk. An entry has the number for a chunk and
/// all following chunks, up to the chunk of the next entry.
struct ChunkLengths<'a>(&'a [[u8; 12]]);

impl<'a> ChunkLengths<'a> {
    fn new(stsc: &'a [u8]) -> Option<Self> {
        Some(Self(stsc.get(8..)?.as_chunks().0))
    }

    fn samples_in(&self, chunk: u32) -> u32 {
        let number = |bytes: &[u8]| BoxReader(bytes).u32().unwrap_or_default();
        let after = self.0.partition_point(|entry| number(entry) <= chunk);
        after.checked_sub(1).and_then(|at| self.0.get(at)).map_or(0, |entry| number(&entry[4..]))
    }
}

/// Returns the units per second of a track.
pub(crate) fn timescale(mdia: &[u8]) -> Option<u32> {
    let mdhd = find_box(mdia, b"mdhd")?;
    let at = if *mdhd.first()? == 1 { 20 } else { 12 };
    BoxReader(mdhd.get(at..)?).u32().filter(|timescale| *timescale > 0)
}

/// Returns the number of times that a track plays, or 0 for endless repetition, which is also the rule for a track
/// without an edit list.
pub(crate) fn plays(trak: &[u8]) -> u32 {
    let Some(elst) = find_box(trak, b"edts").and_then(|edts| find_box(edts, b"elst")) else { return 0 };
    let durations = || {
        let mut reader = BoxReader(elst);
        let (version, flags) = reader.version_and_flags()?;
        if flags & 1 == 0 {
            return Some((1, 1));
        }
        let _entries = reader.u32()?;
        let once = reader.number(if version == 1 { 8 } else { 4 })?;
        let tkhd = find_box(trak, b"tkhd")?;
        let is_wide = *tkhd.first()? == 1;
        let (at, bytes) = if is_wide { (28, 8) } else { (20, 4) };
        let all = BoxReader(tkhd.get(at..)?).number(bytes)?;
        let endless = if is_wide { u64::MAX } else { u64::from(u32::MAX) };
        (all != endless && once > 0).then_some((all, once))
    };
    durations().map_or(0, |(all, once): (u64, u64)| all.div_ceil(once).clamp(1, u32::MAX.into()) as u32)
}
