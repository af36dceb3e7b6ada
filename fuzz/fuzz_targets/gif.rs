//! Renders GIFs with a valid sequence of blocks: extensions, frames anywhere, and sub-blocks of any length.
#![no_main]

mod bounds;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: bounds::report_our_panics(), |data: &[u8]| {
    if let Ok(file) = file(&mut Unstructured::new(data)) {
        bounds::check(&file);
    }
});

fn sub_blocks(input: &mut Unstructured<'_>, file: &mut Vec<u8>) -> Result<()> {
    for _ in 0..input.int_in_range(0..=20)? {
        let length = input.int_in_range(1..=255_u8)?;
        let data = input.bytes(usize::from(length).min(input.len()))?;
        file.push(data.len() as u8);
        file.extend(data);
    }
    file.push(0);
    Ok(())
}

fn file(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut file = b"GIF89a".to_vec();
    let side = |input: &mut Unstructured<'_>| Ok(input.int_in_range(0..=2000_u16)?.to_le_bytes());
    file.extend([side(input)?, side(input)?].concat());
    file.extend([0x80 | input.int_in_range(0..=7_u8)?, 0, 0]);
    let palette = 3 << ((file[10] & 7) + 1);
    file.extend((0..palette).map(|at| at as u8));
    for _ in 0..input.int_in_range(1..=6)? {
        match input.int_in_range(0..=3)? {
            0 => file.extend([0x21, 0xf9, 4, input.arbitrary()?, 0, 0, input.arbitrary()?, 0]),
            1 => {
                file.extend(b"\x21\xff\x0bICCRGBG1012");
                sub_blocks(input, &mut file)?;
            }
            2 => {
                file.extend([0x21, input.arbitrary()?]);
                sub_blocks(input, &mut file)?;
            }
            _ => {
                file.push(0x2c);
                file.extend([side(input)?, side(input)?, side(input)?, side(input)?].concat());
                file.extend([input.arbitrary::<u8>()? & 0x40, input.int_in_range(0..=12)?]);
                sub_blocks(input, &mut file)?;
            }
        }
    }
    file.push(0x3b);
    Ok(file)
}
