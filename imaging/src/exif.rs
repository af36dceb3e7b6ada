//! Reads the orientation and the texts of EXIF.

/// Returns the orientation tag, 1 to 8, of an EXIF block. The block may begin with the `Exif\0\0` of a JPEG.
pub(crate) fn orientation(exif: &[u8]) -> Option<u8> {
    let value = match find_field(exif, 0x0112)? {
        ExifField { kind: 1, value, .. } => u32::from(value[0]),
        ExifField { kind: 3, is_big_endian: true, value, .. } => {
            u32::from(u16::from_be_bytes([value[0], value[1]]))
        }
        ExifField { kind: 3, value, .. } => u32::from(u16::from_le_bytes([value[0], value[1]])),
        ExifField { kind: 4, is_big_endian: true, value, .. } => u32::from_be_bytes(value),
        ExifField { kind: 4, value, .. } => u32::from_le_bytes(value),
        ExifField { .. } => return None,
    };
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value))
}

/// Returns the text of a tag in the first directory.
pub(crate) fn read_text(exif: &[u8], tag: u16) -> Option<String> {
    let ExifField { kind: 2, is_big_endian, count, value } = find_field(exif, tag)? else { return None };
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let count = count as usize;
    let bytes = if count <= 4 {
        &value[..count]
    } else {
        let at = if is_big_endian { u32::from_be_bytes(value) } else { u32::from_le_bytes(value) } as usize;
        tiff.get(at..at.checked_add(count)?)?
    };
    // A copyright can have two parts: the photographer's and the editor's.
    let parts = bytes.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let parts: Vec<_> = parts.filter(|part| !part.trim().is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// An entry of a directory.
struct ExifField {
    kind: u16,
    is_big_endian: bool,
    count: u32,
    /// The value, or its offset.
    value: [u8; 4],
}

fn find_field(exif: &[u8], tag: u16) -> Option<ExifField> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let is_big_endian = match tiff.get(..4)? {
        // The raw files of Olympus and Panasonic begin with marks of their own.
        b"II*\0" | b"IIRO" | b"IIRS" | b"IIU\0" => false,
        b"MM\0*" | b"MMOR" => true,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let u32_at = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let directory = u32_at(4)? as usize;
    for entry in 0..usize::from(u16_at(directory)?) {
        let at = directory.checked_add(2 + entry * 12)?;
        if u16_at(at)? == tag {
            let value = tiff.get(at + 8..at + 12)?.try_into().ok()?;
            return Some(ExifField { kind: u16_at(at + 2)?, is_big_endian, count: u32_at(at + 4)?, value });
        }
    }
    None
}

#[cfg(test)]
pub(crate) fn exif_block(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_valid_orientations_are_read() {
        for value in 1..=8 {
            assert_eq!(orientation(&exif_block(value)), Some(value));
            assert_eq!(orientation(&exif_block(value)[6..]), Some(value));
        }
        assert_eq!(orientation(&exif_block(0)), None);
        assert_eq!(orientation(&exif_block(9)), None);
        let whole = exif_block(6);
        for cut in 0..whole.len() - 7 {
            assert_eq!(orientation(&whole[..cut]), None);
        }
    }
}
