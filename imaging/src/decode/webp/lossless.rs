//! What libwebp holds for a lossless stream: how many Huffman codes there are stands in a picture of its own, which is
//! packed as the whole is. That and what comes before it is read here, as the specification of WebP lossless says.

/// What decoding a stream holds beside its pixels. A stream that breaks the rules has no codes.
///
/// `stream` follows the header of five bytes, which alpha channels go without.
pub(crate) fn memory(stream: &[u8], width: u32, height: u32) -> u64 {
    let mut bits = Bits { data: stream, at: 0 };
    let mut held = 0;
    let Some(groups) = codes(&mut bits, width, height, &mut held) else { return held };
    held + groups
}

/// The entries of the tables of a group, of 4 bytes each, by the bits of the color cache.
const ENTRIES: [u64; 12] = [2954, 2956, 2958, 2962, 2970, 2986, 3018, 3082, 3212, 3468, 3980, 5004];

/// What a group holds beside its tables.
const GROUP: u64 = 640;

/// Up to so many groups, those that no pixel uses have tables, too.
const ALL_GROUPS: usize = 1000;

const LITERALS: usize = 256;
const LENGTHS: usize = 24;
const DISTANCES: usize = 40;

/// What the tables of the codes hold. `held` is what the pictures before them do.
fn codes(bits: &mut Bits<'_>, mut width: u32, height: u32, held: &mut u64) -> Option<u64> {
    let mut seen = [false; 4];
    while bits.read(1)? == 1 {
        let kind = bits.read(2)? as usize;
        if std::mem::replace(&mut seen[kind], true) {
            return None;
        }
        match kind {
            0 | 1 => *held += picture_over(bits, width, height)?.len() as u64 * 4,
            3 => {
                let colors = bits.read(8)? + 1;
                picture(bits, colors, 1)?;
                // Several indices are packed into a pixel.
                let shift = [(2, 3), (4, 2), (16, 1)].iter().find(|(most, _)| colors <= *most);
                width = width.div_ceil(1 << shift.map_or(0, |(_, shift)| *shift));
            }
            _ => {}
        }
    }
    let cache = cache_bits(bits)?;
    let mut groups = 1;
    if bits.read(1)? == 1 {
        let image = picture_over(bits, width, height)?;
        *held += image.len() as u64 * 4;
        let group = |pixel: &u32| (pixel >> 8 & 0xffff) as usize;
        groups = image.iter().map(group).max().unwrap_or(0) + 1;
        if groups > ALL_GROUPS || groups as u64 > u64::from(width) * u64::from(height) {
            let mut used = vec![false; groups];
            image.iter().for_each(|pixel| used[group(pixel)] = true);
            *held += groups as u64 * 4;
            groups = used.iter().filter(|used| **used).count();
        }
    }
    Some(groups as u64 * (ENTRIES[cache as usize] * 4 + GROUP) + (4 << cache))
}

/// A picture with a pixel for each block of the one that it says something about.
fn picture_over(bits: &mut Bits<'_>, width: u32, height: u32) -> Option<Vec<u32>> {
    let block = 1 << (bits.read(3)? + 2);
    picture(bits, width.div_ceil(block), height.div_ceil(block))
}

/// The bits of a color cache, 0 without one.
fn cache_bits(bits: &mut Bits<'_>) -> Option<u32> {
    if bits.read(1)? == 0 {
        return Some(0);
    }
    bits.read(4).filter(|cache| (1..=11).contains(cache))
}

/// The pixels of a picture of one group of codes.
fn picture(bits: &mut Bits<'_>, width: u32, height: u32) -> Option<Vec<u32>> {
    let cache_bits = cache_bits(bits)?;
    let mut cache = vec![0_u32; if cache_bits > 0 { 1 << cache_bits } else { 0 }];
    let green = Code::read(bits, LITERALS + LENGTHS + cache.len())?;
    let [red, blue, alpha] =
        [Code::read(bits, LITERALS)?, Code::read(bits, LITERALS)?, Code::read(bits, LITERALS)?];
    let distance = Code::read(bits, DISTANCES)?;
    let count = width as usize * height as usize;
    let mut pixels: Vec<u32> = Vec::with_capacity(count);
    let mut cached = 0;
    while pixels.len() < count {
        let symbol = green.symbol(bits)?;
        if symbol < LITERALS {
            let [r, b, a] = [red.symbol(bits)?, blue.symbol(bits)?, alpha.symbol(bits)?];
            pixels.push((a << 24 | r << 16 | symbol << 8 | b) as u32);
        } else if symbol < LITERALS + LENGTHS {
            let length = copied(bits, symbol - LITERALS)?;
            let code = distance.symbol(bits)?;
            let back = back(copied(bits, code)?, width as usize);
            if back > pixels.len() || length > count - pixels.len() {
                return None;
            }
            for _ in 0..length {
                pixels.push(pixels[pixels.len() - back]);
            }
        } else {
            // Pixels enter the cache before it is asked.
            enter(&pixels[cached..], &mut cache, cache_bits);
            cached = pixels.len();
            pixels.push(*cache.get(symbol - LITERALS - LENGTHS)?);
        }
    }
    Some(pixels)
}

fn enter(pixels: &[u32], cache: &mut [u32], bits: u32) {
    for pixel in pixels {
        cache[(pixel.wrapping_mul(0x1e35_a7bd) >> (32 - bits)) as usize] = *pixel;
    }
}

/// A length or a distance by its symbol and the bits that follow.
fn copied(bits: &mut Bits<'_>, symbol: usize) -> Option<usize> {
    if symbol < 4 {
        return Some(symbol + 1);
    }
    let extra = (symbol - 2) >> 1;
    Some(((2 + (symbol & 1)) << extra) + bits.read(extra as u32)? as usize + 1)
}

/// How far back the pixels of a distance are. The first ones are places nearby: rows up, and 8 minus columns left.
fn back(distance: usize, width: usize) -> usize {
    let Some(place) = NEARBY.get(distance - 1) else { return distance - NEARBY.len() };
    let back = usize::from(place >> 4) * width + 8;
    back.saturating_sub(usize::from(place & 15)).max(1)
}

const NEARBY: [u8; 120] = [
    0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15,
    0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c,
    0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55,
    0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d,
    0x65, 0x6b, 0x32, 0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76,
    0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10,
    0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60,
    0x70,
];

/// The lowest bit of a byte comes first.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn read(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for bit in 0..count {
            let byte = self.data.get(self.at / 8)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }
}

/// The longest code.
const LONGEST: usize = 15;

/// A Huffman code: how many codes of each length there are, and their symbols in order.
struct Code {
    counts: [u32; LONGEST + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn read(bits: &mut Bits<'_>, alphabet: usize) -> Option<Self> {
        let mut lengths = vec![0; alphabet];
        if bits.read(1)? == 1 {
            let two = bits.read(1)? == 1;
            let first = if bits.read(1)? == 1 { 8 } else { 1 };
            *lengths.get_mut(bits.read(first)? as usize)? = 1;
            if two {
                *lengths.get_mut(bits.read(8)? as usize)? = 1;
            }
        } else {
            const ORDER: [usize; 19] = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
            let mut of_lengths = [0; 19];
            let count = bits.read(4)? as usize + 4;
            for place in &ORDER[..count] {
                of_lengths[*place] = bits.read(3)? as u8;
            }
            let code = Self::of(&of_lengths)?;
            let mut read = if bits.read(1)? == 1 {
                let count = 2 + 2 * bits.read(3)?;
                2 + bits.read(count)? as usize
            } else {
                alphabet
            };
            let (mut at, mut before) = (0, 8);
            while at < alphabet && read > 0 {
                read -= 1;
                let symbol = code.symbol(bits)?;
                let (length, times) = match symbol {
                    16 => (before, 3 + bits.read(2)?),
                    17 => (0, 3 + bits.read(3)?),
                    18 => (0, 11 + bits.read(7)?),
                    length => (length as u8, 1),
                };
                if symbol < 16 && length > 0 {
                    before = length;
                }
                lengths.get_mut(at..at + times as usize)?.fill(length);
                at += times as usize;
            }
        }
        Self::of(&lengths)
    }

    /// Nothing if the lengths make no code.
    fn of(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0; LONGEST + 1];
        let mut symbols: Vec<u16> =
            (0..lengths.len() as u16).filter(|at| lengths[usize::from(*at)] > 0).collect();
        symbols.sort_by_key(|symbol| lengths[usize::from(*symbol)]);
        symbols.iter().for_each(|symbol| counts[usize::from(lengths[usize::from(*symbol)])] += 1);
        // Each bit more leaves twice as many places, and all are taken in the end. A single symbol takes no bits.
        let left = counts[1..].iter().try_fold(1_u32, |left, count| (left * 2).checked_sub(*count));
        (symbols.len() == 1 || left == Some(0)).then_some(Self { counts, symbols })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        if let [only] = self.symbols[..] {
            return Some(usize::from(only));
        }
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            code |= bits.read(1)?;
            if code < first + count {
                return Some(usize::from(*self.symbols.get((index + code - first) as usize)?));
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_what_libwebp_wrote_are_counted() {
        let file = include_bytes!("../../../../fuzz/seeds/render/lossless.webp");
        let at = file.windows(4).position(|window| window == b"VP8L").unwrap();
        let header = &file[at + 9..at + 13];
        let size = u32::from_le_bytes(header.try_into().unwrap());
        let (width, height) = ((size & 0x3fff) + 1, (size >> 14 & 0x3fff) + 1);
        let mut bits = Bits { data: &file[at + 13..], at: 0 };
        assert!(codes(&mut bits, width, height, &mut 0).is_some_and(|held| held > 4 * ENTRIES[0]));
        // The five codes of the first group follow.
        for alphabet in [LITERALS + LENGTHS, LITERALS] {
            assert!(Code::read(&mut bits, alphabet).is_some());
        }
    }

    #[test]
    fn places_nearby_are_pixels_back() {
        assert_eq!([1, 2, 3, 4, 120, 121].map(|distance| back(distance, 100)), [100, 1, 101, 99, 708, 1]);
        assert_eq!(back(4, 1), 1);
    }
}
