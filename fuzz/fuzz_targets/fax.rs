//! Checks that our fax decoder never panics, and that it decodes the rows that the encoder of `fax` wrote.
#![no_main]

use fax::encoder::Encoder;
use fax::{Color, VecWriter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [compression, width, data @ ..] = data else { return };
    let width = u32::from(*width) + 1;
    let lsb_first = compression & 1 == 1;
    for compression in [2, 3, 4] {
        let rows = imaging::fuzzing::decode_rows(data, compression, lsb_first, width, 64);
        assert!(rows.iter().all(|row| row.len() == width as usize));
    }
    // Each bit of the input is a pixel.
    let pixels: Vec<u8> = data
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| if byte >> bit & 1 == 1 { 255 } else { 0 }))
        .collect();
    let rows: Vec<&[u8]> = pixels.chunks_exact(width as usize).take(64).collect();
    let mut encoder = Encoder::new(VecWriter::new());
    for row in &rows {
        let colors = row.iter().map(|pixel| if *pixel == 255 { Color::Black } else { Color::White });
        let Ok(()) = encoder.encode_line(colors, width as u16);
    }
    let Ok(written) = encoder.finish();
    assert_eq!(imaging::fuzzing::decode_rows(&written.finish(), 4, false, width, rows.len()), rows);
});
