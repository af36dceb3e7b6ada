//! Decodes the fax codes of TIFF, row by row: modified Huffman, Group 3, and Group 4.
//!
//! `tiff` 0.11 reads only Group 4, and refuses a strip with a damaged row. `fax` 0.2 decodes Group 3 only
//! with an end-of-line code before each row. So this module decodes all rows, with the code tables of `fax`.

use fax::BitReader;
use fax::maps::{Mode, black, mode, white};

/// The coding of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaxCoding {
    /// Only runs. Each row begins at a multiple of `align` bits.
    Runs { align: usize },
    /// An end-of-line code precedes each row, but may be missing. With `is_two_dimensional`, the next bit shows whether
    /// the row is coded in one or two dimensions.
    Group3 { is_two_dimensional: bool },
    /// Each row is coded as its differences from the row above.
    Group4,
}

/// A bit reader that supplies zeros after the last byte. No code begins with that many zeros.
#[derive(Clone, Copy)]
struct FaxBitReader<'a> {
    data: &'a [u8],
    /// Whether the lowest bit of a byte comes first.
    lsb_first: bool,
    at: usize,
}

impl BitReader for FaxBitReader<'_> {
    type Error = std::convert::Infallible;

    fn peek(&self, bits: u8) -> Option<u16> {
        let byte = |i: usize| {
            let byte = self.data.get(self.at / 8 + i).copied().unwrap_or(0);
            u32::from(if self.lsb_first { byte.reverse_bits() } else { byte })
        };
        let three = byte(0) << 16 | byte(1) << 8 | byte(2);
        let wanted = three >> (24_usize.checked_sub(self.at % 8 + usize::from(bits))?);
        Some((wanted & ((1 << bits) - 1)) as u16)
    }

    fn consume(&mut self, bits: u8) -> Result<(), Self::Error> {
        self.at += usize::from(bits);
        Ok(())
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        (self.at.next_multiple_of(8) - self.at) as u8
    }
}

impl FaxBitReader<'_> {
    fn is_ended(&self) -> bool {
        self.at >= self.data.len() * 8
    }

    /// Skips an end-of-line code with the fill bits before it. Returns whether there was one.
    fn skip_end_of_line(&mut self) -> bool {
        if self.peek(11) != Some(0) {
            return false;
        }
        while self.peek(1) == Some(0) && !self.is_ended() {
            self.at += 1;
        }
        self.at += 1;
        self.at <= self.data.len() * 8
    }

    /// Reads the length of a run: any number of makeup codes and a terminating code.
    fn read_run(&mut self, is_black: bool) -> Option<u32> {
        let mut sum = 0_u32;
        loop {
            let code = if is_black { black::decode(self) } else { white::decode(self) }?;
            sum = sum.saturating_add(u32::from(code));
            if code < 64 {
                return Some(sum);
            }
        }
    }
}

/// The state of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowState {
    Intact,
    /// The row is damaged and shows the row above.
    Damaged,
    /// The row follows the end-of-data code and is white.
    AfterEnd,
    /// The row is missing because the data ended early.
    Missing,
}

/// A decoder of the rows of a strip.
pub(crate) struct FaxDecoder<'a> {
    bits: FaxBitReader<'a>,
    coding: FaxCoding,
    width: u32,
    /// The positions where the row above changes its color, beginning with white.
    above: Vec<u32>,
    row: Vec<u32>,
    final_state: Option<RowState>,
}

impl<'a> FaxDecoder<'a> {
    /// Returns the number of bytes that decoding rows of a width needs.
    pub(crate) fn memory(width: u32) -> u64 {
        u64::from(width) * 16
    }

    pub(crate) fn new(data: &'a [u8], lsb_first: bool, coding: FaxCoding, width: u32) -> Self {
        let bits = FaxBitReader { data, lsb_first, at: 0 };
        Self { bits, coding, width, above: Vec::new(), row: Vec::new(), final_state: None }
    }

    /// Writes the next row, 0 for white and 255 for black.
    pub(crate) fn next_row(&mut self, to: &mut [u8]) -> RowState {
        let state = self.final_state.unwrap_or_else(|| self.read_row());
        if matches!(state, RowState::AfterEnd | RowState::Missing) {
            self.final_state = Some(state);
            self.above.clear();
        }
        let mut from = 0;
        let mut color = 0;
        for change in self.above.iter().copied().chain([self.width]) {
            to[from..change as usize].fill(color);
            from = change as usize;
            color = !color;
        }
        state
    }

    fn read_row(&mut self) -> RowState {
        let mut is_1d = true;
        match self.coding {
            FaxCoding::Runs { align } => self.bits.at = self.bits.at.next_multiple_of(align),
            FaxCoding::Group3 { is_two_dimensional } => {
                let mut codes = 0;
                while self.bits.skip_end_of_line() {
                    codes += 1;
                    if is_two_dimensional {
                        is_1d = self.bits.peek(1) == Some(1);
                        self.bits.at += 1;
                    }
                }
                if codes > 1 && self.bits.peek(16) == Some(0) {
                    return RowState::AfterEnd;
                }
                if codes == 0 && is_two_dimensional {
                    is_1d = self.bits.peek(1) == Some(1);
                    self.bits.at += 1;
                }
            }
            FaxCoding::Group4 => {
                if self.bits.peek(12) == Some(1) {
                    return RowState::AfterEnd;
                }
                is_1d = false;
            }
        }
        if self.bits.is_ended() {
            return RowState::Missing;
        }
        self.row.clear();
        let read = if is_1d { self.read_1d_row() } else { self.read_2d_row() };
        if read.is_some() {
            std::mem::swap(&mut self.row, &mut self.above);
            return RowState::Intact;
        }
        match self.coding {
            FaxCoding::Runs { .. } => self.bits.at += 1,
            // The next row follows the next end-of-line code.
            FaxCoding::Group3 { .. } => {
                while !self.bits.is_ended() && self.bits.peek(11) != Some(0) {
                    self.bits.at += 1;
                }
            }
            // No code marks the beginning of the next row, and its reference row is unknown.
            FaxCoding::Group4 => return RowState::Missing,
        }
        RowState::Damaged
    }

    /// Ends a run. Ignores a position beyond the row. A run of length zero merges its neighbors.
    fn push_change(&mut self, at: u32) {
        if self.row.last() == Some(&at) {
            self.row.pop();
        } else if at < self.width {
            self.row.push(at);
        }
    }

    fn read_1d_row(&mut self) -> Option<()> {
        let (mut at, mut is_black) = (0_u32, false);
        while at < self.width {
            at = at.saturating_add(self.bits.read_run(is_black)?);
            self.push_change(at);
            is_black = !is_black;
        }
        Some(())
    }

    fn read_2d_row(&mut self) -> Option<()> {
        // The names are those of T.4: a for this row, b for the row above.
        let (mut a0, mut is_black, mut i, mut begun) = (0_u32, false, 0, false);
        while a0 < self.width {
            while i > 0 && self.above[i - 1] > a0 {
                i -= 1;
            }
            let right = |b: u32| b > a0 || !begun;
            while self.above.get(i).is_some_and(|b| !right(*b) || (i % 2 == 1) != is_black) {
                i += 1;
            }
            let b = |i: usize| self.above.get(i).copied().unwrap_or(self.width);
            match mode::decode(&mut self.bits)? {
                Mode::Pass => a0 = b(i + 1),
                Mode::Vertical(by) => {
                    let a1 = b(i).checked_add_signed(by.into()).filter(|a1| *a1 >= a0)?;
                    self.push_change(a1);
                    (a0, is_black) = (a1, !is_black);
                }
                Mode::Horizontal => {
                    let a1 = a0.saturating_add(self.bits.read_run(is_black)?);
                    let a2 = a1.saturating_add(self.bits.read_run(!is_black)?);
                    self.push_change(a1);
                    self.push_change(a2);
                    a0 = a2;
                }
                Mode::Extension | Mode::EOF => return None,
            }
            begun = true;
        }
        Some(())
    }
}

/// Returns the first `count` rows of a strip, for the fuzzer. `compression` is the TIFF number of the
/// compression.
pub fn decode_rows(data: &[u8], compression: u8, lsb_first: bool, width: u32, count: usize) -> Vec<Vec<u8>> {
    let coding = match compression {
        2 => FaxCoding::Runs { align: 8 },
        3 => FaxCoding::Group3 { is_two_dimensional: lsb_first },
        _ => FaxCoding::Group4,
    };
    let mut strip = FaxDecoder::new(data, lsb_first, coding, width);
    let mut row = vec![0; width as usize];
    let row = |_| {
        let _ = strip.next_row(&mut row);
        row.clone()
    };
    (0..count).map(row).collect()
}
