//! The picture of a TIFF while its strips and tiles are read.

use crate::ImageError;
use crate::decode::tiff::page::Page;
use crate::shrink::Shrink;

/// Where rows go.
pub(crate) struct Canvas<'a> {
    pub(crate) shrink: Shrink,
    pub(crate) row: Vec<u8>,
    pub(crate) page: &'a Page,
    /// Whether anything could be read.
    pub(crate) seen: bool,
    /// The first that could not.
    pub(crate) damage: Option<ImageError>,
}

impl Canvas<'_> {
    pub(crate) fn push(&mut self, stored: &[u8]) {
        self.seen = true;
        if self.page.is_as_stored() {
            // The last tile of a row may stand out.
            self.shrink.push(&stored[..self.row.len()]);
            return;
        }
        for line in 0..self.page.lines() {
            self.page.read_row(stored, line, &mut self.row);
            self.shrink.push(&self.row);
        }
    }

    /// What is damaged is gray among what is sound.
    pub(crate) fn push_gray(&mut self, rows: usize) {
        self.row.fill(128);
        for _ in 0..rows * self.page.lines() {
            self.shrink.push(&self.row);
        }
    }

    /// The rows of a strip as far as they are there.
    pub(crate) fn push_rows(&mut self, bytes: &[u8], stride: usize, rows: usize, damage: Option<ImageError>) {
        let there = bytes.chunks_exact(stride).take(rows);
        let missing = rows - there.len();
        there.for_each(|row| self.push(row));
        self.push_gray(missing);
        if let Some(damage) = damage {
            self.note(damage);
        }
    }

    pub(crate) fn note(&mut self, damage: ImageError) {
        self.damage.get_or_insert(damage);
    }
}
