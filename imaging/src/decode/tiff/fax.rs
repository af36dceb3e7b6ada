//! The codes of fax machines in TIFF: modified Huffman, Group 3 and Group 4, row by row.
//!
//! `tiff` 0.11 reads Group 4 only, and refuses a strip with a damaged row. `fax` 0.2 decodes Group 3 only with an
//! end-of-line code before each row. So this module decodes all rows, with the code tables of `fax`.

use fax::BitReader;
use fax::maps::{Mode, black, mode, white};

/// How rows follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Runs alone; a row begins at a multiple of so many bits.
    Runs { align: usize },
    /// An end-of-line code before each row, or missing; with `both`, a bit after it says how the row is coded.
    Group3 { both: bool },
    /// Each row by its differences from the one above.
    Group4,
}

/// Zeros without end follow the last byte: no code begins with that many.
#[derive(Clone, Copy)]
struct Bits<'a> {
    data: &'a [u8],
    /// Whether the lowest bit of a byte comes first.
    lsb_first: bool,
    at: usize,
}

impl BitReader for Bits<'_> {
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

impl Bits<'_> {
    fn ended(&self) -> bool {
        self.at >= self.data.len() * 8
    }

    /// Steps over an end-of-line code and the zeros that fill up before it, if one is next.
    fn end_of_line(&mut self) -> bool {
        if self.peek(11) != Some(0) {
            return false;
        }
        while self.peek(1) == Some(0) && !self.ended() {
            self.at += 1;
        }
        self.at += 1;
        self.at <= self.data.len() * 8
    }

    /// The length of a run: any number of long codes and a short one.
    fn run(&mut self, is_black: bool) -> Option<u32> {
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

/// What has become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Sound,
    /// It shows the row above.
    Damaged,
    /// The code said that no more follow: the rest is white.
    After,
    /// The data ended before.
    Missing,
}

/// A strip on its way to rows.
pub(crate) struct Fax<'a> {
    bits: Bits<'a>,
    coding: Coding,
    width: u32,
    /// Where the row above changes its color, from white at first.
    above: Vec<u32>,
    row: Vec<u32>,
    rest: Option<Row>,
}

impl<'a> Fax<'a> {
    /// The bytes that decoding rows of such a width holds.
    pub(crate) fn memory(width: u32) -> u64 {
        u64::from(width) * 16
    }

    pub(crate) fn new(data: &'a [u8], lsb_first: bool, coding: Coding, width: u32) -> Self {
        let bits = Bits { data, lsb_first, at: 0 };
        Self { bits, coding, width, above: Vec::new(), row: Vec::new(), rest: None }
    }

    /// Writes the next row, 0 for white and 255 for black.
    pub(crate) fn next(&mut self, to: &mut [u8]) -> Row {
        let state = self.rest.unwrap_or_else(|| self.read());
        if matches!(state, Row::After | Row::Missing) {
            self.rest = Some(state);
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

    fn read(&mut self) -> Row {
        let mut flat = true;
        match self.coding {
            Coding::Runs { align } => self.bits.at = self.bits.at.next_multiple_of(align),
            Coding::Group3 { both } => {
                let mut codes = 0;
                while self.bits.end_of_line() {
                    codes += 1;
                    if both {
                        flat = self.bits.peek(1) == Some(1);
                        self.bits.at += 1;
                    }
                }
                if codes > 1 && self.bits.peek(16) == Some(0) {
                    return Row::After;
                }
                if codes == 0 && both {
                    flat = self.bits.peek(1) == Some(1);
                    self.bits.at += 1;
                }
            }
            Coding::Group4 => {
                if self.bits.peek(12) == Some(1) {
                    return Row::After;
                }
                flat = false;
            }
        }
        if self.bits.ended() {
            return Row::Missing;
        }
        self.row.clear();
        let read = if flat { self.one_dimensional_row() } else { self.two_dimensional_row() };
        if read.is_some() {
            std::mem::swap(&mut self.row, &mut self.above);
            return Row::Sound;
        }
        match self.coding {
            Coding::Runs { .. } => self.bits.at += 1,
            // The next row is behind the next end-of-line code.
            Coding::Group3 { .. } => {
                while !self.bits.ended() && self.bits.peek(11) != Some(0) {
                    self.bits.at += 1;
                }
            }
            // Nothing says where the next one begins, nor what it differs from.
            Coding::Group4 => return Row::Missing,
        }
        Row::Damaged
    }

    /// Ends a run. What would lie beyond the row is left out; a run of nothing joins its neighbours.
    fn change(&mut self, at: u32) {
        if self.row.last() == Some(&at) {
            self.row.pop();
        } else if at < self.width {
            self.row.push(at);
        }
    }

    fn one_dimensional_row(&mut self) -> Option<()> {
        let (mut at, mut is_black) = (0_u32, false);
        while at < self.width {
            at = at.saturating_add(self.bits.run(is_black)?);
            self.change(at);
            is_black = !is_black;
        }
        Some(())
    }

    fn two_dimensional_row(&mut self) -> Option<()> {
        // The names are those of T.4: a for this row, b for the one above.
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
                    self.change(a1);
                    (a0, is_black) = (a1, !is_black);
                }
                Mode::Horizontal => {
                    let a1 = a0.saturating_add(self.bits.run(is_black)?);
                    let a2 = a1.saturating_add(self.bits.run(!is_black)?);
                    self.change(a1);
                    self.change(a2);
                    a0 = a2;
                }
                Mode::Extension | Mode::EOF => return None,
            }
            begun = true;
        }
        Some(())
    }
}

/// So many rows of a strip, for the fuzzer; `compression` is the number that a TIFF gives it.
#[cfg(fuzzing)]
#[allow(missing_docs, unreachable_pub)]
pub fn rows(data: &[u8], compression: u8, lsb_first: bool, width: u32, count: usize) -> Vec<Vec<u8>> {
    let coding = match compression {
        2 => Coding::Runs { align: 8 },
        3 => Coding::Group3 { both: lsb_first },
        _ => Coding::Group4,
    };
    let mut strip = Fax::new(data, lsb_first, coding, width);
    let mut row = vec![0; width as usize];
    let row = |_| {
        let _ = strip.next(&mut row);
        row.clone()
    };
    (0..count).map(row).collect()
}
