//! Renders the thumbnails of each input line `PATH SIDE[:FORMAT][,SIDE...]`, as JPEG unless a format is given, and
//! prints the sum of their lengths. The format `animated-webp` or `animated-avif` keeps an animation animated.
//! `bench/run.py` and `bench/animation.py` compare it with the same loop around other libraries.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, render};

fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (path, sides) = line.rsplit_once(' ').unwrap();
        let presets: Vec<_> = sides
            .split(',')
            .map(|thumbnail| {
                let (side, format) = thumbnail.split_once(':').unwrap_or((thumbnail, "jpeg"));
                let still = format.strip_prefix("animated-");
                let animated = still.is_some();
                let format = match still.unwrap_or(format) {
                    "jpeg" => PresetFormat::Jpeg,
                    "png" => PresetFormat::Png,
                    "webp" => PresetFormat::Webp,
                    "avif" => PresetFormat::Avif,
                    _ => panic!("unknown format: {format}"),
                };
                let side = side.parse().unwrap();
                Preset { format, animated, ..Preset::inside("bench", side, side) }
            })
            .collect();
        let rendered =
            render(&std::fs::read(path).unwrap(), &presets, &Limits::default(), &|| false).unwrap();
        println!("{}", rendered.thumbnails.iter().map(|thumbnail| thumbnail.bytes.len()).sum::<usize>());
    }
}
