//! Computes the memory that libwebp needs for a lossless stream. The number of its Huffman codes is stored in a
//! compressed entropy image, so this module decodes everything up to that image, by the specification of WebP lossless.

/// Returns the number of bytes that decoding a stream needs besides its pixels. For an invalid stream, the codes need
/// no bytes.
///
/// `stream` begins after the header of five bytes, which alpha channels do not have.
pub(crate) fn memory(stream: &[u8], width: u32, height: u32) -> u64 {
    let mut bits = Vp8lBitReader { data: stream, at: 0 };
    let mut held = 0;
    let Some(groups) = read_code_memory(&mut bits, width, height, &mut held) else { return held };
    held + groups
}

/// The number of table entries in a group, of 4 bytes each, by the number of color cache bits.
const TABLE_ENTRIES: [u64; 12] = [2954, 2956, 2958, 2962, 2970, 2986, 3018, 3082, 3212, 3468, 3980, 5004];

/// The bytes of a group besides its tables.
const GROUP_BYTES: u64 = 640;

/// The number of groups up to which libwebp also builds the tables of unused groups.
const MAX_DENSE_GROUPS: usize = 1000;

const LITERALS: usize = 256;
const LENGTHS: usize = 24;
const DISTANCES: usize = 40;

/// Returns the number of bytes of the code tables. Adds the bytes of the images before them to `held`.
fn read_code_memory(
    bits: &mut Vp8lBitReader<'_>,
    mut width: u32,
    height: u32,
    held: &mut u64,
) -> Option<u64> {
    let mut seen_transforms = [false; 4];
    while bits.read(1)? == 1 {
        let kind = bits.read(2)? as usize;
        if std::mem::replace(&mut seen_transforms[kind], true) {
            return None;
        }
        match kind {
            0 | 1 => *held += read_subresolution_image(bits, width, height)?.len() as u64 * 4,
            3 => {
                let colors = bits.read(8)? + 1;
                read_image(bits, colors, 1)?;
                // A pixel packs several indices.
                let shift = [(2, 3), (4, 2), (16, 1)].iter().find(|(most, _)| colors <= *most);
                width = width.div_ceil(1 << shift.map_or(0, |(_, shift)| *shift));
            }
            _ => {}
        }
    }
    let cache = read_cache_bits(bits)?;
    let mut groups = 1;
    if bits.read(1)? == 1 {
        let image = read_subresolution_image(bits, width, height)?;
        *held += image.len() as u64 * 4;
        let group = |pixel: &u32| (pixel >> 8 & 0xffff) as usize;
        groups = image.iter().map(group).max().unwrap_or(0) + 1;
        if groups > MAX_DENSE_GROUPS || groups as u64 > u64::from(width) * u64::from(height) {
            let mut used = vec![false; groups];
            image.iter().for_each(|pixel| used[group(pixel)] = true);
            *held += groups as u64 * 4;
            groups = used.iter().filter(|used| **used).count();
        }
    }
    Some(groups as u64 * (TABLE_ENTRIES[cache as usize] * 4 + GROUP_BYTES) + (4 << cache))
}

/// Decodes a subresolution image, which has one pixel for each block of the picture.
fn read_subresolution_image(bits: &mut Vp8lBitReader<'_>, width: u32, height: u32) -> Option<Vec<u32>> {
    let block = 1 << (bits.read(3)? + 2);
    read_image(bits, width.div_ceil(block), height.div_ceil(block))
}

/// Reads the number of bits of a color cache; 0 means no cache.
fn read_cache_bits(bits: &mut Vp8lBitReader<'_>) -> Option<u32> {
    if bits.read(1)? == 0 {
        return Some(0);
    }
    bits.read(4).filter(|cache| (1..=11).contains(cache))
}

/// Decodes an image that uses one group of codes.
fn read_image(bits: &mut Vp8lBitReader<'_>, width: u32, height: u32) -> Option<Vec<u32>> {
    let cache_bits = read_cache_bits(bits)?;
    let mut cache = vec![0_u32; if cache_bits > 0 { 1 << cache_bits } else { 0 }];
    let green = PrefixCode::read(bits, LITERALS + LENGTHS + cache.len())?;
    let [red, blue, alpha] = [
        PrefixCode::read(bits, LITERALS)?,
        PrefixCode::read(bits, LITERALS)?,
        PrefixCode::read(bits, LITERALS)?,
    ];
    let distance = PrefixCode::read(bits, DISTANCES)?;
    let count = width as usize * height as usize;
    let mut pixels: Vec<u32> = Vec::with_capacity(count);
    let mut cached = 0;
    while pixels.len() < count {
        let symbol = green.read_symbol(bits)?;
        if symbol < LITERALS {
            let [r, b, a] = [red.read_symbol(bits)?, blue.read_symbol(bits)?, alpha.read_symbol(bits)?];
            pixels.push((a << 24 | r << 16 | symbol << 8 | b) as u32);
        } else if symbol < LITERALS + LENGTHS {
            let length = read_prefix_value(bits, symbol - LITERALS)?;
            let code = distance.read_symbol(bits)?;
            let back = pixels_back(read_prefix_value(bits, code)?, width as usize);
            if back > pixels.len() || length > count - pixels.len() {
                return None;
            }
            for _ in 0..length {
                pixels.push(pixels[pixels.len() - back]);
            }
        } else {
            // Decoded pixels are added to the cache only when the cache is used.
            insert_into_cache(&pixels[cached..], &mut cache, cache_bits);
            cached = pixels.len();
            pixels.push(*cache.get(symbol - LITERALS - LENGTHS)?);
        }
    }
    Some(pixels)
}

fn insert_into_cache(pixels: &[u32], cache: &mut [u32], bits: u32) {
    for pixel in pixels {
        cache[(pixel.wrapping_mul(0x1e35_a7bd) >> (32 - bits)) as usize] = *pixel;
    }
}

/// Reads a length or a distance from its prefix code and the extra bits that follow.
fn read_prefix_value(bits: &mut Vp8lBitReader<'_>, symbol: usize) -> Option<usize> {
    if symbol < 4 {
        return Some(symbol + 1);
    }
    let extra = (symbol - 2) >> 1;
    Some(((2 + (symbol & 1)) << extra) + bits.read(extra as u32)? as usize + 1)
}

/// Returns how many pixels back a distance code points. The first 120 codes mean nearby pixels: the high half
/// of the table entry is rows up, the low half is 8 minus columns left.
fn pixels_back(distance: usize, width: usize) -> usize {
    let Some(place) = NEARBY_PIXELS.get(distance - 1) else { return distance - NEARBY_PIXELS.len() };
    let back = usize::from(place >> 4) * width + 8;
    back.saturating_sub(usize::from(place & 15)).max(1)
}

const NEARBY_PIXELS: [u8; 120] = [
    0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1a, 0x26, 0x2a, 0x38, 0x05, 0x37, 0x39, 0x15,
    0x1b, 0x36, 0x3a, 0x25, 0x2b, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1c, 0x35, 0x3b, 0x46, 0x4a, 0x24, 0x2c,
    0x58, 0x45, 0x4b, 0x34, 0x3c, 0x03, 0x57, 0x59, 0x13, 0x1d, 0x56, 0x5a, 0x23, 0x2d, 0x44, 0x4c, 0x55,
    0x5b, 0x33, 0x3d, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1e, 0x66, 0x6a, 0x22, 0x2e, 0x54, 0x5c, 0x43, 0x4d,
    0x65, 0x6b, 0x32, 0x3e, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5d, 0x11, 0x1f, 0x64, 0x6c, 0x42, 0x4e, 0x76,
    0x7a, 0x21, 0x2f, 0x75, 0x7b, 0x31, 0x3f, 0x63, 0x6d, 0x52, 0x5e, 0x00, 0x74, 0x7c, 0x41, 0x4f, 0x10,
    0x20, 0x62, 0x6e, 0x30, 0x73, 0x7d, 0x51, 0x5f, 0x40, 0x72, 0x7e, 0x61, 0x6f, 0x50, 0x71, 0x7f, 0x60,
    0x70,
];

/// A bit reader, the lowest bit of a byte first.
struct Vp8lBitReader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Vp8lBitReader<'_> {
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

/// The length of the longest code.
const MAX_CODE_LENGTH: usize = 15;

/// A canonical Huffman code: the number of codes of each length, and the symbols in order.
struct PrefixCode {
    counts: [u32; MAX_CODE_LENGTH + 1],
    symbols: Vec<u16>,
}

impl PrefixCode {
    fn read(bits: &mut Vp8lBitReader<'_>, alphabet: usize) -> Option<Self> {
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
            let code = Self::from_lengths(&of_lengths)?;
            let mut read = if bits.read(1)? == 1 {
                let count = 2 + 2 * bits.read(3)?;
                2 + bits.read(count)? as usize
            } else {
                alphabet
            };
            let (mut at, mut before) = (0, 8);
            while at < alphabet && read > 0 {
                read -= 1;
                let symbol = code.read_symbol(bits)?;
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
        Self::from_lengths(&lengths)
    }

    /// Builds the code from its lengths. Returns `None` if they are not a complete code.
    fn from_lengths(lengths: &[u8]) -> Option<Self> {
        let mut counts = [0; MAX_CODE_LENGTH + 1];
        let mut symbols: Vec<u16> =
            (0..lengths.len() as u16).filter(|at| lengths[usize::from(*at)] > 0).collect();
        symbols.sort_by_key(|symbol| lengths[usize::from(*symbol)]);
        symbols.iter().for_each(|symbol| counts[usize::from(lengths[usize::from(*symbol)])] += 1);
        // Each bit doubles the number of codes, and a complete code uses all of them. A single symbol needs no bits.
        let left = counts[1..].iter().try_fold(1_u32, |left, count| (left * 2).checked_sub(*count));
        (symbols.len() == 1 || left == Some(0)).then_some(Self { counts, symbols })
    }

    fn read_symbol(&self, bits: &mut Vp8lBitReader<'_>) -> Option<usize> {
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
    fn the_code_memory_of_a_libwebp_file_is_computed() {
        let file = include_bytes!("../../../../fuzz/seeds/render/lossless.webp");
        let at = file.windows(4).position(|window| window == b"VP8L").unwrap();
        let header = &file[at + 9..at + 13];
        let size = u32::from_le_bytes(header.try_into().unwrap());
        let (width, height) = ((size & 0x3fff) + 1, (size >> 14 & 0x3fff) + 1);
        let mut bits = Vp8lBitReader { data: &file[at + 13..], at: 0 };
        assert!(
            read_code_memory(&mut bits, width, height, &mut 0)
                .is_some_and(|held| held > 4 * TABLE_ENTRIES[0])
        );
        // The five codes of the first group follow.
        for alphabet in [LITERALS + LENGTHS, LITERALS] {
            assert!(PrefixCode::read(&mut bits, alphabet).is_some());
        }
    }

    #[test]
    fn the_first_distance_codes_mean_nearby_pixels() {
        assert_eq!(
            [1, 2, 3, 4, 120, 121].map(|distance| pixels_back(distance, 100)),
            [100, 1, 101, 99, 708, 1]
        );
        assert_eq!(pixels_back(4, 1), 1);
    }
}
