//! What a file costs is bounded by its length and its pixels, and the caller may stop it.

#![allow(clippy::unwrap_used)]

mod samples;

use std::cell::Cell;

use contract::preset::Preset;
use imaging::{ImageError, Limits, render};

#[test]
fn a_caller_who_wants_no_more_gets_nothing() {
    for (name, original) in samples::small() {
        let made = render(&original, &[Preset::inside("small", 8, 8)], &Limits::default(), &|| true);
        assert_eq!(made, Err(ImageError::Cancelled), "{name}");
    }
}

#[test]
fn the_caller_is_asked_while_rows_come_in() {
    let (rgb, rgba) = (samples::png(800, 600, 3), samples::png(800, 600, 4));
    let uncompressed = samples::tiff(800, 600, tiff::encoder::Compression::Uncompressed);
    let lzw = samples::tiff(800, 600, tiff::encoder::Compression::Lzw);
    for original in [rgb, rgba, uncompressed, lzw, samples::bmp(800, 600), samples::gif(800, 600, false)] {
        let asked = Cell::new(0);
        let stop_at = |last: u32| {
            asked.set(0);
            let is_cancelled = || {
                asked.set(asked.get() + 1);
                asked.get() == last
            };
            render(&original, &[Preset::inside("small", 8, 8)], &Limits::default(), &is_cancelled).err()
        };
        assert_eq!(stop_at(u32::MAX), None);
        // Once for each 64 Ki of its pixels or so.
        assert!((3..60).contains(&asked.get()), "{}", asked.get());
        assert_eq!(stop_at(2), Some(ImageError::Cancelled));
        assert_eq!(asked.get(), 2);
    }
}
