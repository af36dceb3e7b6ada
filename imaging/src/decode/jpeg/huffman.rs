//! The Huffman code of a JPEG: tables that answer for several symbols at once, and the bits they look at.

/// The bits that one look-up sees. The tables of two AC codes must stay in the fastest cache.
pub(crate) const WINDOW: u32 = 12;
/// The bits that one look-up of a symbol with its coefficient sees.
pub(crate) const VALUES: u32 = 10;

/// A Huffman code, ready to look symbols up.
pub(crate) struct Huffman {
    /// By the next `WINDOW` bits: the length of the code and its symbol; a length of 0 is a longer code.
    first: Vec<(u8, u8)>,
    /// The same for AC codes, for all whole symbols with their bits that the window holds.
    pub(crate) skip: Vec<Skip>,
    /// By the next `VALUES` bits: a symbol with its coefficient; `bits` of 0 where they do not hold both.
    pub(crate) values: Vec<Value>,
    /// Of each length: the first code past it, aligned to 16 bits, and what to add to find its symbol.
    longer: [(u32, i32); 17],
    symbols: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Skip {
    pub(crate) bits: u8,
    /// How many coefficients are passed. The end of the block sets the top bit.
    pub(crate) coefficients: u8,
}

pub(crate) const END: u8 = 0x80;

#[derive(Clone, Copy, Default)]
pub(crate) struct Value {
    pub(crate) bits: u8,
    /// The zeros before it; `END` is the end of the block.
    pub(crate) run: u8,
    pub(crate) value: i16,
}

/// The bits of the largest AC coefficient of a picture of 8 bits.
pub(crate) const MAX_SIZE: u32 = 10;

impl Huffman {
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8], ac: bool) -> Option<Self> {
        let mut first = vec![(0, 0); 1 << WINDOW];
        let mut longer = [(0, 0); 17];
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let start = code;
            for _ in 0..counts[length as usize - 1] {
                if code >= 1 << length {
                    return None;
                }
                if length <= WINDOW {
                    let at = (code << (WINDOW - length)) as usize;
                    first[at..at + (1 << (WINDOW - length))].fill((length as u8, symbols[index]));
                }
                code += 1;
                index += 1;
            }
            let before = index as i32 - (code - start) as i32;
            longer[length as usize] = (code << (16 - length), before - start as i32);
            code <<= 1;
        }
        let skip = if ac { skips(&first) } else { Vec::new() };
        let values = values(&first, ac);
        Some(Self { first, skip, values, longer, symbols: symbols.to_vec() })
    }

    pub(crate) fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let (length, symbol) = self.first[bits.peek(WINDOW) as usize];
        if length != 0 {
            bits.drop(u32::from(length));
            return Some(symbol);
        }
        let code = bits.peek(16);
        let length = (WINDOW + 1..=16).find(|length| code < self.longer[*length as usize].0)?;
        let index = (code >> (16 - length)) as i32 + self.longer[length as usize].1;
        bits.drop(length);
        self.symbols.get(usize::try_from(index).ok()?).copied()
    }
}

fn skips(first: &[(u8, u8)]) -> Vec<Skip> {
    let mut skips = vec![Skip::default(); first.len()];
    for (window, skip) in skips.iter_mut().enumerate() {
        let (mut used, mut passed) = (0, 0_u32);
        loop {
            let rest = (window << used) & (first.len() - 1);
            let (length, symbol) = first[rest];
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            let next = used + u32::from(length) + size;
            let passes = passed + run + 1;
            if length == 0 || next > WINDOW || passes > 63 {
                break;
            }
            if size == 0 && run != 15 {
                *skip = Skip { bits: next as u8, coefficients: passed as u8 | END };
                break;
            }
            (used, passed) = (next, passes);
            *skip = Skip { bits: used as u8, coefficients: passed as u8 };
        }
    }
    skips
}

fn values(first: &[(u8, u8)], ac: bool) -> Vec<Value> {
    let value = |window: u32| {
        let (length, symbol) = first[(window << (WINDOW - VALUES)) as usize];
        let (run, size) = if ac { (symbol >> 4, symbol & 15) } else { (0, symbol) };
        // Zeros to pass and sizes that no file has are left to the way that knows them.
        let odd = size > MAX_SIZE as u8 || (ac && size == 0 && run != 0);
        if length == 0 || odd || u32::from(length + size) > VALUES {
            return Value::default();
        }
        let bits = length + size;
        if size == 0 {
            return Value { bits, run: if ac { END } else { 0 }, value: 0 };
        }
        let coded = (window >> (VALUES - u32::from(bits))) as i16 & ((1 << size) - 1);
        Value { bits, run, value: extended(i32::from(coded), u32::from(size)) as i16 }
    };
    (0..1 << VALUES).map(value).collect()
}

/// A coefficient from its `size` bits (ITU-T T.81, figure F.12).
#[inline(always)]
fn extended(bits: i32, size: u32) -> i32 {
    let half = 1 << (size - 1);
    if bits < half { bits - 2 * half + 1 } else { bits }
}

/// The bits of one scan. Past its end come zeros, which `Bits::overrun` tells.
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    buffer: u64,
    count: u32,
    /// Bits made up after the end.
    invented: u32,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at, buffer: 0, count: 0, invented: 0 }
    }

    /// At least 56 bits are there afterwards. Nothing is asked first of how many there are: no branch
    /// that a processor guesses wrong. What is read past the whole bytes is read again to the same bits.
    #[inline(always)]
    pub(crate) fn fill(&mut self) {
        if let Some(bytes) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_be_bytes(*bytes);
            // Whether any byte is 0xff: then some byte of the complement is zero.
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
                (Some(0xff), _) | (None, _) => {
                    self.invented += 8;
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
    pub(crate) fn drop(&mut self, bits: u32) {
        self.buffer <<= bits;
        self.count = self.count.wrapping_sub(bits);
    }

    /// A coefficient of `size` bits, 1 to 15.
    #[inline(always)]
    pub(crate) fn coefficient(&mut self, size: u32) -> i32 {
        let bits = self.peek(size) as i32;
        self.drop(size);
        extended(bits, size)
    }

    /// Whether bits were used that the scan does not have.
    pub(crate) fn overrun(&self) -> bool {
        self.count < self.invented
    }

    /// Steps over the restart marker `number`, which must be next.
    fn restart(&mut self, number: usize) -> Option<()> {
        if self.overrun() || self.count >= self.invented + 8 {
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

/// Where the restart markers of a scan stand.
pub(crate) struct Restarts {
    /// MCUs from one marker to the next; none where it is 0.
    interval: usize,
    until: usize,
    passed: usize,
}

impl Restarts {
    pub(crate) fn every(interval: usize) -> Self {
        Self { interval, until: interval, passed: 0 }
    }

    /// Steps over the marker that stands before the next MCU, if one does: predictions begin anew then.
    #[inline(always)]
    pub(crate) fn before_mcu(&mut self, bits: &mut Bits<'_>) -> Option<bool> {
        if self.interval == 0 {
            return Some(false);
        }
        let due = self.until == 0;
        if due {
            bits.restart(self.passed)?;
            self.passed += 1;
            self.until = self.interval;
        }
        self.until -= 1;
        Some(due)
    }
}

/// By how much a DC coefficient differs from the one before, in at most 11 bits (ITU-T T.81, table F.1).
#[inline(always)]
pub(crate) fn dc_difference(dc: &Huffman, bits: &mut Bits<'_>) -> Option<i32> {
    let known = dc.values[bits.peek(VALUES) as usize];
    if known.bits != 0 {
        bits.drop(u32::from(known.bits));
        return Some(i32::from(known.value));
    }
    match dc.symbol(bits)? {
        0 => Some(0),
        length @ 1..=11 => Some(bits.coefficient(u32::from(length))),
        _ => None,
    }
}
