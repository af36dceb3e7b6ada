//! Collects the rows of a TIFF while its strips and tiles are read.

use crate::ImageError;
use crate::decode::tiff::page::Page;
use crate::shrink::Shrinker;

/// The destination of decoded rows.
pub(crate) struct TiffCanvas<'a> {
    pub(crate) shrinker: Shrinker,
    pub(crate) row: Vec<u8>,
    pub(crate) page: &'a Page,
    /// Whether any row could be read.
    pub(crate) has_rows: bool,
    /// The first damage, if any.
    pub(crate) damage: Option<ImageError>,
}

impl TiffCanvas<'_> {
    pub(crate) fn push(&mut self, stored: &[u8]) {
        self.has_rows = true;
        if self.page.has_stored_layout() {
            // The last tile of a row can extend beyond the picture.
            self.shrinker.push(&stored[..self.row.len()]);
            return;
        }
        for line in 0..self.page.pixel_rows() {
            self.page.read_line(stored, line, &mut self.row);
            self.shrinker.push(&self.row);
        }
    }

    /// Adds gray rows in place of damaged ones.
    pub(crate) fn push_gray(&mut self, rows: usize) {
        self.row.fill(128);
        for _ in 0..rows * self.page.pixel_rows() {
            self.shrinker.push(&self.row);
        }
    }

    /// Adds the readable rows of a strip, and gray for the rest.
    pub(crate) fn push_rows(&mut self, bytes: &[u8], stride: usize, rows: usize, damage: Option<ImageError>) {
        let readable = bytes.chunks_exact(stride).take(rows);
        let missing = rows - readable.len();
        readable.for_each(|row| self.push(row));
        self.push_gray(missing);
        if let Some(damage) = damage {
            self.record_damage(damage);
        }
    }

    pub(crate) fn record_damage(&mut self, damage: ImageError) {
        self.damage.get_or_insert(damage);
    }
}
