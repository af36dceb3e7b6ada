//! Decodes the first page of a TIFF, strip by strip or one row of tiles at a time.

mod canvas;
mod chunks;
pub(crate) mod directory;
pub(crate) mod fax;
mod old_jpeg;
mod page;
mod unpack;
mod ycc;

use crate::decode::tiff::canvas::TiffCanvas;
use crate::decode::tiff::chunks::ChunkReader;
use crate::decode::tiff::directory::damaged;
use crate::decode::tiff::directory::{Directory, tag};
use crate::decode::tiff::fax::{FaxCoding, FaxDecoder, RowState};
use crate::decode::tiff::old_jpeg::OldJpeg;
use crate::decode::tiff::page::Page;
use crate::decode::tiff::unpack::{ZSTANDARD_WINDOW, lzma_memory};
use crate::decode::{DecodeOutput, DecodeRequest, jpeg, upright_header};
use crate::pixels::Raster;
use crate::shrink::Shrinker;
use crate::{Header, ImageError, SourceFormat};

/// Returns the directory and the size in it.
fn read_directory(original: &[u8]) -> Result<(Directory<'_>, (u32, u32)), ImageError> {
    let directory = Directory::read(original).ok_or_else(|| damaged("it has no directory"))?;
    let side = |tag| directory.number(tag).and_then(|side| u32::try_from(side).ok());
    let size = side(tag::WIDTH).zip(side(tag::HEIGHT)).ok_or_else(|| damaged("its size is missing"))?;
    if size.0 == 0 || size.1 == 0 {
        return Err(damaged("a side has zero pixels"));
    }
    Ok((directory, size))
}

/// Returns the coding of a fax in strips. Tiles of fax codes are rare, so they are left to the decoder.
fn find_fax_coding(directory: &Directory<'_>) -> Option<FaxCoding> {
    let coding = match directory.number(tag::COMPRESSION)? {
        2 => FaxCoding::Runs { align: 8 },
        3 => {
            FaxCoding::Group3 { is_two_dimensional: directory.number(tag::T4_OPTIONS).unwrap_or(0) & 1 == 1 }
        }
        4 => FaxCoding::Group4,
        32_771 => FaxCoding::Runs { align: 16 },
        _ => return None,
    };
    (!directory.has_tiles()).then_some(coding)
}

pub(crate) fn header(original: &[u8]) -> Result<Header, ImageError> {
    let (mut directory, (width, height)) = read_directory(original)?;
    let orientation = directory.number(tag::ORIENTATION).filter(|value| (1..=8).contains(value)).unwrap_or(1);
    if let Some(jpeg) = OldJpeg::read(original, &directory) {
        let header = jpeg.header()?;
        let stored = crate::orient::oriented_size((header.width, header.height), header.orientation);
        return Ok(upright_header(SourceFormat::Tiff, stored, orientation as u8, 1, header.memory));
    }
    let page = Page::from_directory(&directory)?;
    page.prepare_directory(&mut directory);
    directory.repair();
    // With few rows, shrinking by two can need more memory than not shrinking.
    let shrunk = [(1, 1), (2, 2)].map(|factor| Shrinker::memory(width, height, page.layout, factor));
    let memory = shrunk[0].max(shrunk[1]).saturating_add(memory(&directory, &page, width));
    Ok(upright_header(SourceFormat::Tiff, (width, height), orientation as u8, 1, memory))
}

/// Returns the number of bytes in memory besides the shrunk picture: the lists of the directory, a row, and a strip or
/// a band of tiles.
fn memory(directory: &Directory<'_>, page: &Page, width: u32) -> u64 {
    let lists = directory.memory().saturating_add(u64::from(width) * page.layout.channels() as u64);
    if find_fax_coding(directory).is_some() {
        return lists + u64::from(width) + FaxDecoder::memory(width);
    }
    let number = |tag| directory.number(tag).unwrap_or(1);
    let width = number(tag::WIDTH);
    let (chunk_width, rows) = if directory.has_tiles() {
        (number(tag::TILE_WIDTH), number(tag::TILE_HEIGHT))
    } else {
        (width, number(tag::ROWS_PER_STRIP))
    };
    let bytes = |width: u64, rows: u64| width.saturating_mul(rows).saturating_mul(page.samples as u64);
    let band = if directory.has_tiles() || number(tag::PLANAR) == 2 { bytes(width, rows) } else { 0 };
    // The decoder's output, which may be in memory twice, and its conversion to 8 bits.
    let chunk = bytes(chunk_width, rows).saturating_mul(u64::from(page.bits).div_ceil(8) * 2 + 1);
    let window = match number(tag::COMPRESSION) {
        34_925 => lzma_memory(bytes(chunk_width, rows).saturating_mul(u64::from(page.bits).div_ceil(8))),
        50_000 => ZSTANDARD_WINDOW * 2,
        _ => 0,
    };
    // A row of samples that share bytes, and the same row with a byte per sample.
    let shared = u64::from(page.layout.channels() as u32) * 2 * width;
    lists.saturating_add(band).saturating_add(chunk).saturating_add(window).saturating_add(shared)
}

pub(crate) fn decode(original: &[u8], request: &DecodeRequest<'_>) -> Result<DecodeOutput, ImageError> {
    let (mut directory, (width, height)) = read_directory(original)?;
    if let Some(jpeg) = OldJpeg::read(original, &directory) {
        return jpeg::decode(&jpeg.into_file(), request);
    }
    let icc = directory.bytes(tag::ICC).map(<[u8]>::to_vec);
    directory.remove(tag::ICC);
    let mut page = Page::from_directory(&directory)?;
    let icc = icc.and_then(|icc| page.convert_by(icc));
    page.prepare_directory(&mut directory);
    directory.repair();
    let factor = request.shrink_factors();
    let channels = page.layout.channels();
    let held = Shrinker::memory(width, height, page.layout, factor) + memory(&directory, &page, width);
    request.check_memory(held)?;
    let mut canvas = TiffCanvas {
        shrinker: Shrinker::new(width, height, page.layout, factor),
        row: vec![0; width as usize * channels],
        page: &page,
        has_rows: false,
        damage: None,
    };
    match find_fax_coding(&directory) {
        Some(coding) => decode_fax(&directory, coding, &mut canvas, request)?,
        None => ChunkReader::open(&directory, &page, held, request)?.read_all(&mut canvas)?,
    }
    match canvas.damage {
        Some(damage) if !canvas.has_rows => Err(damage),
        damage => Ok(DecodeOutput {
            raster: Raster::Packed(canvas.shrinker.finish()),
            icc,
            partial: damage.is_some(),
        }),
    }
}

fn decode_fax(
    directory: &Directory<'_>,
    coding: FaxCoding,
    canvas: &mut TiffCanvas<'_>,
    request: &DecodeRequest<'_>,
) -> Result<(), ImageError> {
    let number = |tag| directory.number(tag).and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
    let (width, height) = (number(tag::WIDTH), number(tag::HEIGHT));
    let strip_rows = number(tag::ROWS_PER_STRIP).max(1);
    if number(tag::BITS) != 1 || number(tag::SAMPLES) != 1 {
        return Err(ImageError::Unsupported {
            format: "CCITT-compressed TIFF with more than one bit per pixel",
        });
    }
    let mut row = vec![0; width as usize];
    let strips = directory.strips();
    for y in 0..height.div_ceil(strip_rows) {
        let data = strips.get_partial(y as usize);
        request.budget.spend_bytes(data.len())?;
        let mut strip = FaxDecoder::new(data, directory.is_lsb_first(), coding, width);
        for _ in 0..strip_rows.min(height - y * strip_rows) {
            request.budget.check_canceled(width.into())?;
            match strip.next_row(&mut row) {
                RowState::Intact | RowState::AfterEnd => canvas.push(&row),
                RowState::Damaged => {
                    canvas.push(&row);
                    canvas.record_damage(damaged("a row has an invalid code"));
                }
                RowState::Missing => {
                    canvas.push_gray(1);
                    canvas.record_damage(damaged("rows are missing"));
                }
            }
        }
    }
    Ok(())
}
