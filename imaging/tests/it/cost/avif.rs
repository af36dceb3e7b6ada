//! Tests the cost of an ISO media file: its items, tiles, extents, and units.

use super::*;

/// Returns an ISO media box.
fn boxed(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 8).to_be_bytes(), &kind[..], payload].concat()
}

fn numbers16(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// Returns the AV1 stream of 24 x 20 pixels in a test file.
fn stream() -> &'static [u8] {
    let file = include_bytes!("../../data/plain.avif");
    let at = memchr::memmem::find(file, b"mdat").unwrap() + 4;
    &file[at..]
}

/// Returns a grid picture of `size`, in which item 2 is each tile. `tile` is the size that it declares, and `iloc` the
/// content of its box. The `idat` box contains the grid (8 bytes) and the stream.
fn grid(size: (u32, u32), tiles: (u8, u8), tile: Option<(u32, u32)>, iloc: &[u8], more: &[u8]) -> Vec<u8> {
    let ispe = |(width, height): (u32, u32)| {
        boxed(b"ispe", &[[0; 4], width.to_be_bytes(), height.to_be_bytes()].concat())
    };
    let infe = |item: u16, kind: &[u8; 4]| {
        boxed(b"infe", &[&[2, 0, 0, 0], &item.to_be_bytes()[..], &[0, 0], kind, &[0]].concat())
    };
    let count = u16::from(tiles.0) * u16::from(tiles.1);
    let dimg = [numbers16(&[1, count]), numbers16(&vec![2; count.into()])].concat();
    let ipco = boxed(b"ipco", &[ispe(size), ispe(tile.unwrap_or((1, 1)))].concat());
    let of_tile: &[u8] = if tile.is_some() { &[0, 2, 1, 2] } else { &[0, 2, 0] };
    let ipma = boxed(b"ipma", &[&[0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1, 1], of_tile].concat());
    let head = [0, 0, tiles.1 - 1, tiles.0 - 1];
    let idat = [&head[..], &numbers16(&[size.0 as u16, size.1 as u16]), stream()].concat();
    let meta = [
        vec![0; 4],
        boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
        boxed(b"iinf", &[&[0, 0, 0, 0, 0, 2][..], &infe(1, b"grid"), &infe(2, b"av01")].concat()),
        boxed(b"iref", &[&[0; 4][..], &boxed(b"dimg", &dimg), more].concat()),
        boxed(b"iprp", &[ipco, ipma].concat()),
        boxed(b"iloc", iloc),
        boxed(b"idat", &idat),
    ];
    [boxed(b"ftyp", b"avif\0\0\0\0avif"), boxed(b"meta", &meta.concat())].concat()
}

/// Returns locations with both items in the `idat` box, in one extent each.
fn plain_iloc() -> Vec<u8> {
    let length = stream().len() as u32;
    let item = |item: u16, offset: u32, length: u32| {
        [&numbers16(&[item, 1, 0, 1])[..], &offset.to_be_bytes(), &length.to_be_bytes()].concat()
    };
    [&[1, 0, 0, 0, 0x44, 0, 0, 2][..], &item(1, 0, 8), &item(2, 8, length)].concat()
}

#[test]
fn a_grid_of_whole_tiles_is_decoded() {
    for tile in [None, Some((24, 20))] {
        let file = grid((96, 40), (4, 2), tile, &plain_iloc(), &[]);
        check(&file, &["thumbnail"], 96 * 40);
    }
}

#[test]
fn tiles_that_state_a_wrong_size_are_bounded() {
    check(&grid((32, 8), (4, 1), Some((8, 8)), &plain_iloc(), &[]), &["damaged"], 256);
    // Of 255 tiles as large as the picture, only the first is decoded.
    let file = grid((4096, 4096), (255, 1), Some((4096, 4096)), &plain_iloc(), &[]);
    check(&file, &["damaged"], 0);
    let file = grid((4096, 4096), (1, 255), Some((4096, 4096)), &plain_iloc(), &[]);
    check(&file, &["too-much-memory", "too-much-work", "damaged"], 4096 * 4096);
}

#[test]
fn extents_without_bytes_are_bounded() {
    // The numbers have zero bytes. Such an extent takes no bytes, and means the whole file.
    let item = |item: u16| numbers16(&[item, 0, 0, u16::MAX]);
    let iloc = [&[1, 0, 0, 0, 0, 0, 0, 2][..], &item(1), &item(2)].concat();
    check(&grid((4096, 4096), (32, 32), None, &iloc, &[]), &["damaged"], 0);
}

#[test]
fn tiles_in_two_extents_are_assembled_one_at_a_time() {
    let (half, length) = (stream().len() as u32 / 2, stream().len() as u32);
    let filler = 1 << 20;
    let extent = |offset: u32, length: u32| [offset.to_be_bytes(), length.to_be_bytes()].concat();
    let iloc = [
        &[1, 0, 0, 0, 0x44, 0, 0, 2][..],
        &numbers16(&[1, 1, 0, 1]),
        &extent(0, 8),
        &numbers16(&[2, 1, 0, 2]),
        &extent(8, half),
        &extent(8 + half, length - half + filler),
    ];
    let mut file = grid((480, 400), (20, 20), Some((24, 20)), &iloc.concat(), &[]);
    append_to_idat(&mut file, filler);
    check(&file, &["too-much-work", "damaged", "thumbnail"], 480 * 400);
}

/// Appends zeros to the `idat` box. It is the last box of the last box, so both grow.
fn append_to_idat(file: &mut Vec<u8>, count: u32) {
    for kind in [b"idat", b"meta"] {
        let at = memchr::memmem::rfind(file, kind).unwrap() - 4;
        let size = u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        file[at..at + 4].copy_from_slice(&(size + count).to_be_bytes());
    }
    file.resize(file.len() + count as usize, 0);
}

#[test]
fn only_the_first_bytes_of_a_grid_are_read() {
    let extent = |offset: u32, length: u32| [offset.to_be_bytes(), length.to_be_bytes()].concat();
    let iloc = [
        &[1, 0, 0, 0, 0x44, 0, 0, 2][..],
        // The length 0 means that the extent ends at the end of the file.
        &numbers16(&[1, 1, 0, 32]),
        &extent(0, 8),
        &extent(0, 0).repeat(31),
        &numbers16(&[2, 1, 0, 1]),
        &extent(8, stream().len() as u32),
    ];
    let mut file = grid((96, 40), (4, 2), None, &iloc.concat(), &[]);
    append_to_idat(&mut file, 8 << 20);
    check(&file, &["thumbnail"], 96 * 40);
}

#[test]
fn many_auxiliary_items_are_bounded() {
    let auxl = boxed(b"auxl", &numbers16(&[3, 1, 1])).repeat(40_000);
    check(&grid((96, 40), (4, 2), None, &plain_iloc(), &auxl), &["thumbnail"], 96 * 40);
}

/// Returns an overlay of 64 layers, which are the same grid of one tile. Many items have the same alpha channel.
fn layers_with_alphas() -> Vec<u8> {
    const LAYERS: u16 = 64;
    let infe = |item: u16, kind: &[u8; 4]| {
        boxed(b"infe", &[&[2, 0, 0, 0], &item.to_be_bytes()[..], &[0, 0], kind, &[0]].concat())
    };
    let items = [infe(1, b"iovl"), infe(2, b"grid"), infe(3, b"av01"), infe(4, b"av01")].concat();
    let dimg = |from: u16, to: &[u16]| {
        boxed(b"dimg", &[numbers16(&[from, to.len() as u16]), numbers16(to)].concat())
    };
    let auxl = |first: u16| {
        let of: Vec<u16> = (first..first + 1024).collect();
        boxed(b"auxl", &[numbers16(&[4, 1024]), numbers16(&of)].concat())
    };
    let alphas: Vec<u8> = (1..=8).flat_map(|i| auxl(i * 1024)).collect();
    let references = [vec![0; 4], dimg(1, &[2; LAYERS as usize]), dimg(2, &[3]), alphas].concat();
    let ispe = boxed(b"ispe", &[0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 20]);
    let auxc = boxed(b"auxC", b"\0\0\0\0urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0");
    let ipco = boxed(b"ipco", &[ispe, auxc].concat());
    let ipma = boxed(b"ipma", &[0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 1, 1, 0, 2, 1, 1, 0, 3, 1, 1, 0, 4, 2, 1, 2]);
    let overlay = [vec![0; 10], numbers16(&[24, 20]), vec![0; usize::from(LAYERS) * 4]].concat();
    let grid = [&[0; 4][..], &numbers16(&[24, 20])].concat();
    let mut iloc = vec![1, 0, 0, 0, 0x44, 0, 0, 4];
    let mut idat = Vec::new();
    for (item, bytes) in (1..).zip([&overlay[..], &grid, stream(), stream()]) {
        iloc.extend(numbers16(&[item, 1, 0, 1]));
        iloc.extend([idat.len() as u32, bytes.len() as u32].map(u32::to_be_bytes).concat());
        idat.extend(bytes);
    }
    let meta = [
        vec![0; 4],
        boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
        boxed(b"iinf", &[&[0, 0, 0, 0, 0, 4][..], &items].concat()),
        boxed(b"iref", &references),
        boxed(b"iprp", &[ipco, ipma].concat()),
        boxed(b"iloc", &iloc),
        boxed(b"idat", &idat),
    ];
    [boxed(b"ftyp", b"avif\0\0\0\0avif"), boxed(b"meta", &meta.concat())].concat()
}

#[test]
fn alpha_channels_are_found_once_for_all_layers() {
    let file = layers_with_alphas();
    let calls = CALLS.get();
    assert_eq!(inspect(&file, &[], &Limits::default()).unwrap().width, 24);
    let allocations = CALLS.get() - calls;
    assert!(allocations < 20_000, "{allocations}");
}

#[cfg(feature = "heic")]
#[test]
fn units_that_are_shorter_than_their_description_are_bounded() {
    let original = include_bytes!("../../data/heic/quad-420.heic");
    let mut file = original.to_vec();
    // The picture is in one extent, and its location ends with two numbers of 32 bits.
    let location = memchr::memmem::find(original, b"iloc").unwrap() + 20;
    let number = |at: usize| u32::from_be_bytes(original[at..at + 4].try_into().unwrap()) as usize;
    let (offset, length) = (number(location), number(location + 4));
    // Access unit delimiters precede the picture.
    let delimiters = [0, 0, 0, 2, 0x46, 1].repeat(1 << 20);
    file.extend(&delimiters);
    file.extend(&original[offset..offset + length]);
    file[location..location + 4].copy_from_slice(&(original.len() as u32).to_be_bytes());
    file[location + 4..location + 8].copy_from_slice(&((delimiters.len() + length) as u32).to_be_bytes());
    check(&file, &["thumbnail"], 128 * 96);
}
