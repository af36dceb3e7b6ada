//! Makes a JPEG thumbnail for each line `PATH SIDE[,SIDE...]` of its input and answers with its length:
//! what `bench/run.py` holds against the same loop around other libraries.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use contract::preset::{Preset, PresetFormat};
use imaging::{Limits, render};

fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (path, sides) = line.rsplit_once(' ').unwrap();
        let presets: Vec<_> = sides
            .split(',')
            .map(|side| side.parse().unwrap())
            .map(|side| Preset { format: PresetFormat::Jpeg, ..Preset::inside("bench", side, side) })
            .collect();
        let rendered = render(&std::fs::read(path).unwrap(), &presets, &Limits::default()).unwrap();
        println!("{}", rendered.thumbnails.iter().map(|thumbnail| thumbnail.bytes.len()).sum::<usize>());
    }
}
