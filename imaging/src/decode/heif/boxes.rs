//! Reads the boxes of ISO base media files.

/// A reader of consecutive big-endian numbers.
#[derive(Clone, Copy, Default)]
pub(crate) struct BoxReader<'a>(pub(crate) &'a [u8]);

impl<'a> BoxReader<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    /// Reads a number of `bytes` bytes, 0 to 8.
    pub(crate) fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.number(1).map(|number| number as u8)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.number(2).map(|number| number as u16)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.number(4).map(|number| number as u32)
    }

    /// Reads the version and flags at the beginning of a full box.
    pub(crate) fn version_and_flags(&mut self) -> Option<(u8, u32)> {
        let word = self.u32()?;
        Some(((word >> 24) as u8, word & 0xff_ffff))
    }
}

/// Returns the boxes in `bytes`: type and payload. The last one may be truncated.
pub(crate) fn partial_boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    measured_boxes(bytes).map(|(kind, _, payload)| (kind, payload))
}

/// Returns the boxes in `bytes` up to a truncated one: type and payload.
pub(crate) fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let whole = measured_boxes(bytes).take_while(|(_, length, payload)| *length == payload.len());
    whole.map(|(kind, _, payload)| (kind, payload))
}

/// Returns the boxes in `bytes`: the type, the declared length of the payload, and the part of the payload that exists.
fn measured_boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], usize, &[u8])> {
    let mut rest = BoxReader(bytes);
    std::iter::from_fn(move || {
        let (size, kind) = (u64::from(rest.u32()?), rest.take(4)?);
        let length = match size {
            0 => rest.0.len(),
            1 => usize::try_from(rest.number(8)?.checked_sub(16)?).ok()?,
            _ => usize::try_from(size.checked_sub(8)?).ok()?,
        };
        Some((kind.first_chunk()?, length, rest.take(length.min(rest.0.len()))?))
    })
}

/// Returns the payload of the first box of a type.
pub(crate) fn find_box<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(of, _)| *of == kind).map(|(_, payload)| payload)
}
