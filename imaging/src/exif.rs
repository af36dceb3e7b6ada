//! The orientation and the texts of EXIF.

/// The orientation tag, 1 to 8, of an EXIF block; with or without the `Exif\0\0` that JPEG puts before it.
pub(crate) fn orientation(exif: &[u8]) -> Option<u8> {
    let value = match field(exif, 0x0112)? {
        Field { kind: 1, value, .. } => u32::from(value[0]),
        Field { kind: 3, is_big: true, value, .. } => u32::from(u16::from_be_bytes([value[0], value[1]])),
        Field { kind: 3, value, .. } => u32::from(u16::from_le_bytes([value[0], value[1]])),
        Field { kind: 4, is_big: true, value, .. } => u32::from_be_bytes(value),
        Field { kind: 4, value, .. } => u32::from_le_bytes(value),
        Field { .. } => return None,
    };
    u8::try_from(value).ok().filter(|value| (1..=8).contains(value))
}

/// Returns the text of a tag of the first directory.
pub(crate) fn text(exif: &[u8], tag: u16) -> Option<String> {
    let Field { kind: 2, is_big, count, value } = field(exif, tag)? else { return None };
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let count = count as usize;
    let bytes = if count <= 4 {
        &value[..count]
    } else {
        let at = if is_big { u32::from_be_bytes(value) } else { u32::from_le_bytes(value) } as usize;
        tiff.get(at..at.checked_add(count)?)?
    };
    // A copyright may have two parts: the photographer's and the editor's.
    let parts = bytes.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let parts: Vec<_> = parts.filter(|part| !part.trim().is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// An entry of a directory.
struct Field {
    kind: u16,
    is_big: bool,
    count: u32,
    /// The value, or where it is.
    value: [u8; 4],
}

fn field(exif: &[u8], tag: u16) -> Option<Field> {
    let tiff = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let big = match tiff.get(..4)? {
        // As in raw files of Olympus and Panasonic, too.
        b"II*\0" | b"IIRO" | b"IIRS" | b"IIU\0" => false,
        b"MM\0*" | b"MMOR" => true,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let u32_at = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let directory = u32_at(4)? as usize;
    for entry in 0..usize::from(u16_at(directory)?) {
        let at = directory.checked_add(2 + entry * 12)?;
        if u16_at(at)? == tag {
            let value = tiff.get(at + 8..at + 12)?.try_into().ok()?;
            return Some(Field { kind: u16_at(at + 2)?, is_big: big, count: u32_at(at + 4)?, value });
        }
    }
    None
}

#[cfg(test)]
pub(crate) fn block(orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_orientation_is_read_and_nothing_else() {
        for value in 1..=8 {
            assert_eq!(orientation(&block(value)), Some(value));
            assert_eq!(orientation(&block(value)[6..]), Some(value));
        }
        assert_eq!(orientation(&block(0)), None);
        assert_eq!(orientation(&block(9)), None);
        let whole = block(6);
        for cut in 0..whole.len() - 7 {
            assert_eq!(orientation(&whole[..cut]), None);
        }
    }
}
