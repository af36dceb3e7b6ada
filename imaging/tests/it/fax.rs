//! Tests TIFFs in the codes of fax machines.

use crate::samples::{rendered, samples_of, tiff_page};
use fax::maps::{black, white};
use fax::{Bits, Color, VecWriter};

const WIDTH: u16 = 75;
const HEIGHT: u16 = 24;

/// Returns rows of pixels, `true` for black: slanted bars, a row of each color, and a row like the one above.
fn page(width: u16) -> Vec<Vec<bool>> {
    let width = usize::from(width);
    (0..usize::from(HEIGHT))
        .map(|y| match y {
            3 => vec![true; width],
            4 | 12 => vec![false; width],
            _ => (0..width).map(|x| (x * x / 40 + y / 2 * 3) % 23 < 3 + y % 5).collect(),
        })
        .collect()
}

/// A bit writer, the highest bit of a byte first.
#[derive(Default)]
struct BitStream(Vec<bool>);

impl BitStream {
    fn add(&mut self, bits: Bits) {
        self.0.extend((0..bits.len).rev().map(|at| bits.data >> at & 1 == 1));
    }

    fn end_of_line(&mut self, aligned: bool) {
        while aligned && self.0.len() % 8 != 4 {
            self.0.push(false);
        }
        self.add(fax::maps::EOL);
    }

    fn align(&mut self) {
        self.0.resize(self.0.len().next_multiple_of(8), false);
    }

    fn runs(&mut self, row: &[bool]) {
        let (mut at, mut is_black) = (0, false);
        while at < row.len() {
            let mut run = row[at..].iter().take_while(|pixel| **pixel == is_black).count();
            at += run;
            let code = |run| if is_black { black::encode(run) } else { white::encode(run) }.unwrap();
            while run >= 64 {
                let long = (run / 64 * 64).min(2560);
                self.add(code(long as u16));
                run -= long;
            }
            self.add(code(run as u16));
            is_black = !is_black;
        }
    }

    /// Appends the Group 4 code of the last of `rows`.
    fn differences(&mut self, rows: &[Vec<bool>]) {
        let bits = |rows: &[Vec<bool>]| {
            let mut encoder = fax::encoder::Encoder::new(VecWriter::new());
            for row in rows {
                let pixels = row.iter().map(|is_black| if *is_black { Color::Black } else { Color::White });
                encoder.encode_line(pixels, row.len() as u16).unwrap();
            }
            let mut stream = Self::default();
            encoder
                .finish()
                .unwrap()
                .finish()
                .iter()
                .for_each(|byte| stream.add(Bits { data: (*byte).into(), len: 8 }));
            // Removes the two end-of-line codes at the end, and the bits that pad the last byte.
            let end = stream.0.iter().rposition(|bit| *bit).unwrap() + 1 - 24;
            stream.0.truncate(end);
            stream.0
        };
        let previous_length = bits(&rows[..rows.len() - 1]).len();
        self.0.extend(&bits(rows)[previous_length..]);
    }

    fn bytes(&self) -> Vec<u8> {
        self.0
            .chunks(8)
            .map(|bits| (0..8).map(|i| u8::from(bits.get(i) == Some(&true)) << (7 - i)).sum())
            .collect()
    }
}

/// Returns the 8-bit samples of rows, with white as 255.
fn gray(rows: &[Vec<bool>]) -> Vec<u8> {
    rows.iter().flatten().map(|is_black| if *is_black { 0 } else { 255 }).collect()
}

/// Renders strips with some tags, and compares the result with the page.
#[track_caller]
fn check(width: u16, compression: u32, tags: &[(u16, u32)], strips: &[BitStream]) {
    let page = page(width);
    for white_is_zero in [true, false] {
        for lsb_first in [true, false] {
            let strips: Vec<Vec<u8>> = strips
                .iter()
                .map(|strip| {
                    strip.bytes().iter().map(|b| if lsb_first { b.reverse_bits() } else { *b }).collect()
                })
                .collect();
            let own = [
                (259, compression),
                (262, u32::from(!white_is_zero)),
                (266, 1 + u32::from(lsb_first)),
                (278, u32::from(HEIGHT) / strips.len() as u32),
            ];
            let file = tiff_page((width, HEIGHT), &[1], &[&own[..], tags].concat(), &strips);
            let rendered = rendered(&file, width.into());
            assert!(!rendered.facts.partial);
            let expected: Vec<u8> =
                gray(&page).iter().map(|sample| if white_is_zero { *sample } else { 255 - sample }).collect();
            assert!(samples_of(&rendered) == expected, "{compression} {tags:?} {white_is_zero} {lsb_first}");
        }
    }
}

#[test]
fn rows_of_modified_huffman_begin_at_a_byte() {
    for width in [WIDTH, 6000] {
        let mut stream = BitStream::default();
        for row in page(width) {
            stream.runs(&row);
            stream.align();
        }
        check(width, 2, &[], &[stream]);
    }
}

#[test]
fn one_dimensional_group_3_is_decoded_with_and_without_end_of_line_codes() {
    for (codes, aligned, options) in [(true, false, 0), (true, true, 4), (false, false, 0)] {
        let mut stream = BitStream::default();
        for row in page(WIDTH) {
            if codes {
                stream.end_of_line(aligned);
            }
            stream.runs(&row);
        }
        for _ in 0..if codes { 6 } else { 0 } {
            stream.end_of_line(false);
        }
        check(WIDTH, 3, &[(292, options)], &[stream]);
    }
}

#[test]
fn two_dimensional_group_3_is_decoded_in_strips() {
    let page = page(WIDTH);
    for aligned in [false, true] {
        let strips: Vec<BitStream> = page
            .chunks(8)
            .map(|rows| {
                let mut stream = BitStream::default();
                for y in 0..rows.len() {
                    stream.end_of_line(aligned);
                    stream.0.push(y % 4 == 0);
                    if y % 4 == 0 {
                        stream.runs(&rows[y]);
                    } else {
                        stream.differences(&rows[..=y]);
                    }
                }
                stream
            })
            .collect();
        check(WIDTH, 3, &[(292, 1 + if aligned { 4 } else { 0 })], &strips);
    }
}

#[test]
fn group_4_is_decoded_in_strips() {
    let page = page(WIDTH);
    let strips: Vec<BitStream> = page
        .chunks(12)
        .map(|rows| {
            let mut stream = BitStream::default();
            (1..=rows.len()).for_each(|y| stream.differences(&rows[..y]));
            stream.add(fax::maps::EOL);
            stream.add(fax::maps::EOL);
            stream
        })
        .collect();
    check(WIDTH, 4, &[], &strips);
}

#[test]
fn a_damaged_row_shows_the_one_above() {
    let page = page(WIDTH);
    let mut stream = BitStream::default();
    for (y, row) in page.iter().enumerate() {
        stream.end_of_line(false);
        if y == 7 {
            // No run has this code.
            stream.0.extend([false, false, false, false, false, false, false, false, true]);
        }
        stream.runs(row);
    }
    let file = tiff_page((WIDTH, HEIGHT), &[1], &[(259, 3), (262, 0)], &[stream.bytes()]);
    let rendered = rendered(&file, WIDTH.into());
    assert!(rendered.facts.partial);
    let mut expected = page.clone();
    expected[7] = expected[6].clone();
    assert!(samples_of(&rendered) == gray(&expected));
}

#[test]
fn missing_rows_are_gray() {
    let page = page(WIDTH);
    let mut stream = BitStream::default();
    (1..=10).for_each(|y| stream.differences(&page[..y]));
    let file = tiff_page((WIDTH, HEIGHT), &[1], &[(259, 4), (262, 0)], &[stream.bytes()]);
    let rendered = rendered(&file, WIDTH.into());
    assert!(rendered.facts.partial);
    let seen = samples_of(&rendered);
    let there = 9 * usize::from(WIDTH);
    assert!(seen[..there] == gray(&page)[..there]);
    assert!(seen[20 * usize::from(WIDTH)..].iter().all(|sample| *sample == 128));
}
