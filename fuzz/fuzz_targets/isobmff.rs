//! Renders AVIFs and HEICs with complete boxes: items of every kind that refer to each other, with properties and
//! extents anywhere.
#![no_main]

mod bounds;

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

/// A valid AVIF. The streams are those of valid files, or the rest of the input.
const VALID_AVIF: &[u8] = include_bytes!("../../imaging/tests/data/alpha.avif");
const VALID_HEIC: &[u8] = include_bytes!("../../imaging/tests/data/heic/quad-420.heic");

/// Returns the payload of the first box of a kind in the valid HEIC.
fn payload_of_valid_heic(kind: &[u8; 4]) -> &'static [u8] {
    let at = VALID_HEIC.windows(4).position(|window| window == kind).unwrap_or(4);
    let length = VALID_HEIC[at - 4..at].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    &VALID_HEIC[at + 4..at - 4 + length]
}

const ITEMS: u16 = 6;

fuzz_target!(init: bounds::report_our_panics(), |data: &[u8]| {
    if let Ok(file) = file(&mut Unstructured::new(data)) {
        bounds::check(&file);
    }
});

fn boxed(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 8).to_be_bytes(), &kind[..], payload].concat()
}

fn item(input: &mut Unstructured<'_>) -> Result<[u8; 2]> {
    Ok(input.int_in_range(0..=ITEMS)?.to_be_bytes())
}

fn numbers(input: &mut Unstructured<'_>, count: usize, most: u32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for _ in 0..count {
        bytes.extend(input.int_in_range(0..=most)?.to_be_bytes());
    }
    Ok(bytes)
}

fn file(input: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut infos = vec![0, 0, 0, 0, 0, 6];
    let mut ipco = Vec::new();
    let mut ipma = [vec![0; 4], u32::from(ITEMS).to_be_bytes().to_vec()].concat();
    let mut iloc = vec![1, 0, 0, 0, 0x44, 0, 0, ITEMS as u8];
    for id in 1..=ITEMS {
        let kind = input.choose(&[b"av01", b"hvc1", b"hvc1", b"grid", b"iovl", b"iden"])?;
        infos.extend(boxed(
            b"infe",
            &[&[2, 0, 0, 0], &id.to_be_bytes()[..], &[0, 0], &kind[..], &[0]].concat(),
        ));
        let property = match input.int_in_range(0..=8)? {
            0 => boxed(b"irot", &[input.arbitrary()?]),
            1 => boxed(b"imir", &[input.arbitrary()?]),
            2 => boxed(b"clap", &numbers(input, 8, 40)?),
            3 => boxed(b"auxC", b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"),
            4 => boxed(b"colr", &[b"nclx", input.bytes(7)?].concat()),
            5 | 6 => boxed(b"hvcC", payload_of_valid_heic(b"hvcC")),
            7 => boxed(b"lsel", input.bytes(2)?),
            _ => boxed(b"pixi", &[0, 0, 0, 0, 1, 8]),
        };
        ipco.extend(boxed(b"ispe", &[vec![0; 4], numbers(input, 2, 600)?].concat()));
        ipco.extend(property);
        ipma.extend(id.to_be_bytes());
        let count = input.int_in_range(0..=4_u8)?;
        ipma.push(count);
        for _ in 0..count {
            ipma.push(input.int_in_range(0..=13)?);
        }
        let extents = input.int_in_range(0..=4_u16)?;
        let method = input.int_in_range(0..=1_u16)?;
        iloc.extend([id, method, 0, extents].iter().flat_map(|number| number.to_be_bytes()));
        iloc.extend(numbers(input, usize::from(extents) * 2, 700)?);
    }
    let mut iref = vec![0; 4];
    for _ in 0..input.int_in_range(0..=8)? {
        let kind = input.choose(&[b"dimg", b"dimg", b"auxl", b"prem", b"thmb"])?;
        let count = input.int_in_range(0..=12_u16)?;
        let mut reference = [item(input)?, count.to_be_bytes()].concat();
        for _ in 0..count {
            reference.extend(item(input)?);
        }
        iref.extend(boxed(kind, &reference));
    }
    // A grid or an overlay, and the bytes that the extents refer to.
    let idat = [
        &[0, 0],
        input.bytes(2)?,
        &[0, 64, 0, 64],
        input.bytes(16)?,
        payload_of_valid_heic(b"mdat"),
        VALID_AVIF,
    ]
    .concat();
    let meta = [
        vec![0; 4],
        boxed(b"pitm", &[&[0; 4][..], &item(input)?].concat()),
        boxed(b"iinf", &infos),
        boxed(b"iref", &iref),
        boxed(b"iprp", &[boxed(b"ipco", &ipco), boxed(b"ipma", &ipma)].concat()),
        boxed(b"iloc", &iloc),
        boxed(b"idat", &idat),
    ];
    let brand = [*input.choose(&[&b"avif"[..], b"heic"])?, &[0; 4]].concat();
    let rest = input.len();
    let data = boxed(b"mdat", &[VALID_AVIF, input.bytes(rest)?].concat());
    Ok([boxed(b"ftyp", &brand), data, boxed(b"meta", &meta.concat())].concat())
}
