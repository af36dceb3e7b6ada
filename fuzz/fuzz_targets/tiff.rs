//! Renders TIFFs with a valid directory: strips and tiles of every compression, at any offset, of any length, possibly
//! overlapping.
#![no_main]

mod bounds;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

const COMPRESSIONS: [u32; 10] = [1, 2, 3, 4, 5, 6, 7, 8, 32_773, 32_771];

fuzz_target!(init: bounds::report_our_panics(), |data: &[u8]| {
    if let Ok(file) = file(&mut Unstructured::new(data)) {
        bounds::check(&file);
    }
});

fn file(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let (width, height) = (u32::from(input.arbitrary::<u16>()?), u32::from(input.arbitrary::<u16>()?) % 4096);
    let bits = *input.choose(&[1_u32, 2, 4, 8, 8, 8, 16, 32])?;
    let samples = input.int_in_range(1..=5_u32)?;
    let is_tiled = input.arbitrary()?;
    let chunks = input.int_in_range(0..=64_u32)?;
    let chunk = (input.arbitrary::<u16>()?, input.arbitrary::<u16>()?);
    let mut entries: Vec<(u16, Vec<u32>)> = vec![
        (256, vec![width]),
        (257, vec![height]),
        (258, vec![bits; samples as usize]),
        (259, vec![*input.choose(&COMPRESSIONS)?]),
        (262, vec![input.int_in_range(0..=6)?]),
        (277, vec![samples]),
        (284, vec![input.int_in_range(1..=2)?]),
        (317, vec![input.int_in_range(1..=2)?]),
        (338, vec![1; samples.saturating_sub(3) as usize]),
    ];
    let offsets =
        (0..chunks).map(|_| Ok(u32::from(input.arbitrary::<u16>()?))).collect::<Result<Vec<_>>>()?;
    let lengths =
        (0..chunks).map(|_| Ok(u32::from(input.arbitrary::<u16>()?))).collect::<Result<Vec<_>>>()?;
    if is_tiled {
        entries.extend([
            (322, vec![chunk.0.into()]),
            (323, vec![chunk.1.into()]),
            (324, offsets),
            (325, lengths),
        ]);
    } else {
        entries.extend([(273, offsets), (278, vec![chunk.1.into()]), (279, lengths)]);
    }
    for tag in [266, 292, 320, 347, 513, 515, 519, 520, 521, 530] {
        if input.arbitrary()? {
            let count = input.int_in_range(1..=48)?;
            let values = (0..count).map(|_| Ok(u32::from(input.arbitrary::<u8>()?)));
            entries.push((tag, values.collect::<Result<_>>()?));
        }
    }
    entries.retain(|(_, values)| !values.is_empty());
    entries.sort();
    let mut file = b"II\x2a\0\0\0\0\0".to_vec();
    let rest = input.len();
    file.extend(input.bytes(rest)?);
    let start = file.len() as u32;
    file[4..8].copy_from_slice(&start.to_le_bytes());
    file.extend((entries.len() as u16).to_le_bytes());
    let mut after = Vec::new();
    for (tag, values) in &entries {
        // The JPEG tables are bytes, and all other values are 32-bit integers.
        let (kind, size) = if *tag == 347 { (7_u16, 1) } else { (4, 4) };
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()[..size].to_vec()).collect();
        file.extend(
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &(values.len() as u32).to_le_bytes()].concat(),
        );
        if bytes.len() <= 4 {
            file.extend(&bytes);
            file.extend(&[0; 4][bytes.len()..]);
        } else {
            file.extend((start + 6 + 12 * entries.len() as u32 + after.len() as u32).to_le_bytes());
            after.extend(bytes);
        }
    }
    file.extend([0; 4]);
    file.extend(after);
    Ok(file)
}
