//! The orientation, from EXIF.

/// The orientation tag, 1 to 8, of an EXIF block; with or without the `Exif\0\0` that JPEG puts before it.
pub(crate) fn orientation(exif: &[u8]) -> Option<u8> {
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
        if u16_at(at)? != 0x0112 {
            continue;
        }
        let value = match u16_at(at + 2)? {
            1 => u32::from(*tiff.get(at + 8)?),
            3 => u32::from(u16_at(at + 8)?),
            4 => u32_at(at + 8)?,
            _ => return None,
        };
        return u8::try_from(value).ok().filter(|value| (1..=8).contains(value));
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
