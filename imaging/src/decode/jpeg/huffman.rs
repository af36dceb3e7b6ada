//! The Huffman codes of a JPEG: tables that decode several symbols in one look-up, and the bit reader.

/// The number of bits in one look-up. The tables of two AC codes must fit in the L1 cache.
pub(crate) const WINDOW: u32 = 12;
/// The number of bits in one look-up of a symbol with its coefficient.
pub(crate) const VALUE_WINDOW: u32 = 10;

/// The look-up tables of a Huffman code.
pub(crate) struct HuffmanTable {
    /// Indexed by the next `WINDOW` bits: the length of the code, and its symbol. The length is 0 for longer
    /// codes.
    symbols_by_window: Vec<(u8, u8)>,
    /// For AC codes, indexed by the same bits: all complete symbols with their coefficients within these
    /// bits.
    pub(crate) skip: Vec<SkipEntry>,
    /// Indexed by the next `VALUE_WINDOW` bits: a symbol with its coefficient. `bits` is 0 if they do not fit.
    pub(crate) values: Vec<CoefficientEntry>,
    /// For each length: the code after the last one, aligned to 16 bits, and the difference from a code to
    /// its symbol index.
    long_codes: [(u32, i32); 17],
    symbols: Vec<u8>,
}

/// The symbols that one look-up skips.
#[derive(Clone, Copy, Default)]
pub(crate) struct SkipEntry {
    pub(crate) bits: u8,
    /// The number of skipped coefficients. The top bit marks the end of the block.
    pub(crate) coefficients: u8,
}

/// The mark of the end of a block.
pub(crate) const END_OF_BLOCK: u8 = 0x80;

/// A symbol with its coefficient.
#[derive(Clone, Copy, Default)]
pub(crate) struct CoefficientEntry {
    pub(crate) bits: u8,
    /// The number of zeros before the coefficient, or `END_OF_BLOCK` at the end of the block.
    pub(crate) run: u8,
    pub(crate) value: i16,
}

/// The maximum number of bits of an AC coefficient in a picture of 8 bits.
pub(crate) const MAX_AC_BITS: u32 = 10;

impl HuffmanTable {
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8], ac: bool) -> Option<Self> {
        let mut symbols_by_window = vec![(0, 0); 1 << WINDOW];
        let mut long_codes = [(0, 0); 17];
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let start = code;
            for _ in 0..counts[length as usize - 1] {
                if code >= 1 << length {
                    return None;
                }
                if length <= WINDOW {
                    let at = (code << (WINDOW - length)) as usize;
                    symbols_by_window[at..at + (1 << (WINDOW - length))].fill((length as u8, symbols[index]));
                }
                code += 1;
                index += 1;
            }
            let before = index as i32 - (code - start) as i32;
            long_codes[length as usize] = (code << (16 - length), before - start as i32);
            code <<= 1;
        }
        let skip = if ac { build_skips(&symbols_by_window) } else { Vec::new() };
        let values = build_values(&symbols_by_window, ac);
        Some(Self { symbols_by_window, skip, values, long_codes, symbols: symbols.to_vec() })
    }

    pub(crate) fn read_symbol(&self, bits: &mut JpegBitReader<'_>) -> Option<u8> {
        let (length, symbol) = self.symbols_by_window[bits.peek(WINDOW) as usize];
        if length != 0 {
            bits.consume(u32::from(length));
            return Some(symbol);
        }
        let code = bits.peek(16);
        let length = (WINDOW + 1..=16).find(|length| code < self.long_codes[*length as usize].0)?;
        let index = (code >> (16 - length)) as i32 + self.long_codes[length as usize].1;
        bits.consume(length);
        self.symbols.get(usize::try_from(index).ok()?).copied()
    }
}

fn build_skips(symbols_by_window: &[(u8, u8)]) -> Vec<SkipEntry> {
    let mut skips = vec![SkipEntry::default(); symbols_by_window.len()];
    for (window, skip) in skips.iter_mut().enumerate() {
        let (mut used, mut skipped) = (0, 0_u32);
        loop {
            let rest = (window << used) & (symbols_by_window.len() - 1);
            let (length, symbol) = symbols_by_window[rest];
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            let next_used = used + u32::from(length) + size;
            let next_skipped = skipped + run + 1;
            if length == 0 || next_used > WINDOW || next_skipped > 63 {
                break;
            }
            if size == 0 && run != 15 {
                *skip = SkipEntry { bits: next_used as u8, coefficients: skipped as u8 | END_OF_BLOCK };
                break;
            }
            (used, skipped) = (next_used, next_skipped);
            *skip = SkipEntry { bits: used as u8, coefficients: skipped as u8 };
        }
    }
    skips
}

fn build_values(symbols_by_window: &[(u8, u8)], ac: bool) -> Vec<CoefficientEntry> {
    let value = |window: u32| {
        let (length, symbol) = symbols_by_window[(window << (WINDOW - VALUE_WINDOW)) as usize];
        let (run, size) = if ac { (symbol >> 4, symbol & 15) } else { (0, symbol) };
        // The code for rare symbols handles runs of zeros and invalid sizes.
        let is_rare = size > MAX_AC_BITS as u8 || (ac && size == 0 && run != 0);
        if length == 0 || is_rare || u32::from(length + size) > VALUE_WINDOW {
            return CoefficientEntry::default();
        }
        let bits = length + size;
        if size == 0 {
            return CoefficientEntry { bits, run: if ac { END_OF_BLOCK } else { 0 }, value: 0 };
        }
        let coded = (window >> (VALUE_WINDOW - u32::from(bits))) as i16 & ((1 << size) - 1);
        CoefficientEntry { bits, run, value: extend_sign(i32::from(coded), u32::from(size)) as i16 }
    };
    (0..1 << VALUE_WINDOW).map(value).collect()
}

/// Extends a coefficient from its `size` bits (ITU-T T.81, figure F.12).
#[inline(always)]
fn extend_sign(bits: i32, size: u32) -> i32 {
    let half = 1 << (size - 1);
    if bits < half { bits - 2 * half + 1 } else { bits }
}

/// A reader of the bits of one scan. After the end, it supplies zeros, and `is_overrun` returns `true`.
pub(crate) struct JpegBitReader<'a> {
    data: &'a [u8],
    at: usize,
    buffer: u64,
    count: u32,
    /// The number of zero bits supplied after the end.
    padding_bits: u32,
}

impl<'a> JpegBitReader<'a> {
    pub(crate) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at, buffer: 0, count: 0, padding_bits: 0 }
    }

    /// Fills the buffer to at least 56 bits. It does not check how many bits the buffer contains, because processors
    /// would often mispredict that branch. Bits beyond the counted ones are read again later, with the same values.
    #[inline(always)]
    pub(crate) fn fill(&mut self) {
        if let Some(bytes) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_be_bytes(*bytes);
            // A word contains the byte 0xff if and only if its complement contains a zero byte.
            let zero = (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080;
            if zero == 0 {
                self.buffer |= word >> (self.count & 63);
                self.at += ((63 - self.count) >> 3) as usize;
                self.count |= 56;
                return;
            }
        }
        self.fill_slowly();
    }

    #[cold]
    #[inline(never)]
    fn fill_slowly(&mut self) {
        while self.count < 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                (Some(0xff) | None, _) => {
                    self.padding_bits += 8;
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    #[inline(always)]
    pub(crate) fn peek(&self, bits: u32) -> u32 {
        (self.buffer >> (64 - bits)) as u32
    }

    #[inline(always)]
    pub(crate) fn consume(&mut self, bits: u32) {
        self.buffer <<= bits;
        self.count = self.count.wrapping_sub(bits);
    }

    /// Reads a coefficient of `size` bits, 1 to 15.
    #[inline(always)]
    pub(crate) fn read_coefficient(&mut self, size: u32) -> i32 {
        let bits = self.peek(size) as i32;
        self.consume(size);
        extend_sign(bits, size)
    }

    /// Returns whether more bits were used than the scan has.
    pub(crate) fn is_overrun(&self) -> bool {
        self.count < self.padding_bits
    }

    /// Returns whether at most a few bytes of the scan remain. If more bytes remain, the decoder has misread codes, and
    /// libjpeg-turbo issues a warning.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.fill();
        self.padding_bits > 0
    }

    /// Skips the restart marker `number`. Returns `None` if another byte is next.
    fn skip_marker(&mut self, number: usize) -> Option<()> {
        if self.is_overrun() || self.count >= self.padding_bits + 8 {
            return None;
        }
        let marker = [0xff, 0xd0 + (number % 8) as u8];
        if !self.data.get(self.at..)?.starts_with(&marker) {
            return None;
        }
        *self = Self::new(self.data, self.at + 2);
        Some(())
    }
}

/// The positions of the restart markers in a scan.
pub(crate) struct RestartMarkers {
    /// The number of MCUs between markers; 0 if there are no markers.
    interval: usize,
    mcus_left: usize,
    skipped: usize,
}

impl RestartMarkers {
    pub(crate) fn new(interval: usize) -> Self {
        Self { interval, mcus_left: interval, skipped: 0 }
    }

    /// Skips the marker before the next MCU, if there should be one. Returns whether there should be one, because
    /// predictions then restart.
    #[inline(always)]
    pub(crate) fn skip_if_due(&mut self, bits: &mut JpegBitReader<'_>) -> Option<bool> {
        if self.interval == 0 {
            return Some(false);
        }
        let due = self.mcus_left == 0;
        if due {
            bits.skip_marker(self.skipped)?;
            self.skipped += 1;
            self.mcus_left = self.interval;
        }
        self.mcus_left -= 1;
        Some(due)
    }
}

/// Reads the difference of a DC coefficient from the previous one, with at most 11 bits (ITU-T T.81, table
/// F.1).
#[inline(always)]
pub(crate) fn read_dc_difference(dc: &HuffmanTable, bits: &mut JpegBitReader<'_>) -> Option<i32> {
    let entry = dc.values[bits.peek(VALUE_WINDOW) as usize];
    if entry.bits != 0 {
        bits.consume(u32::from(entry.bits));
        return Some(i32::from(entry.value));
    }
    match dc.read_symbol(bits)? {
        0 => Some(0),
        length @ 1..=11 => Some(bits.read_coefficient(u32::from(length))),
        _ => None,
    }
}
