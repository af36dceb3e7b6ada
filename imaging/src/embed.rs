//! Writes metadata into an encoded thumbnail: the rights and the color profile.

use contract::preset::ThumbnailFormat;

use crate::credits::Rights;
use crate::decode::jpeg::markers::push_segment;
use crate::decode::webp::chunks;

/// The metadata for one thumbnail.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EmbeddedMetadata<'a> {
    pub(crate) rights: Option<&'a Rights>,
    pub(crate) icc: Option<&'a [u8]>,
}

impl EmbeddedMetadata<'_> {
    fn is_empty(&self) -> bool {
        self.rights.is_none() && self.icc.is_none()
    }

    /// Returns `file` with this metadata. The PNG encoder writes the metadata of a PNG itself; an AVIF
    /// carries none.
    pub(crate) fn embed(&self, format: ThumbnailFormat, file: Vec<u8>) -> Vec<u8> {
        match format {
            _ if self.is_empty() => file,
            ThumbnailFormat::Jpeg => self.embed_in_jpeg(&file),
            ThumbnailFormat::Webp => self.embed_in_webp(&file),
            ThumbnailFormat::Png | ThumbnailFormat::Avif => file,
        }
    }

    /// Inserts segments after the first one, which is JFIF's.
    fn embed_in_jpeg(&self, file: &[u8]) -> Vec<u8> {
        let first =
            file.get(4..6).map_or(0, |length| usize::from(u16::from_be_bytes([length[0], length[1]])));
        let (head, rest) = file.split_at((4 + first).min(file.len()));
        let mut output = head.to_vec();
        if let Some(rights) = self.rights {
            push_segment(&mut output, 0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", rights.to_xmp().as_bytes()]);
            push_segment(&mut output, 0xed, &[&rights.to_iptc_segment()]);
        }
        if let Some(icc) = self.icc {
            push_segment(&mut output, 0xe2, &[b"ICC_PROFILE\0\x01\x01", icc]);
        }
        output.extend(rest);
        output
    }

    /// Returns an extended WebP, with the profile before the picture and the XMP after it.
    fn embed_in_webp(&self, file: &[u8]) -> Vec<u8> {
        let list = file.get(12..).unwrap_or_default();
        let extended = chunks(list).find(|(name, _)| *name == b"VP8X").map(|(_, chunk)| chunk.to_vec());
        let Some(mut extended) = extended.or_else(|| extended_header(file)) else { return file.to_vec() };
        const ICC: u8 = 0x20;
        const XMP: u8 = 0x04;
        extended[0] |= if self.icc.is_some() { ICC } else { 0 } | if self.rights.is_some() { XMP } else { 0 };
        let xmp = self.rights.map(Rights::to_xmp);
        let mut output = b"RIFF\0\0\0\0WEBP".to_vec();
        let mut push = |name: &[u8], chunk: &[u8]| {
            output.extend(name);
            output.extend((chunk.len() as u32).to_le_bytes());
            output.extend(chunk);
            output.extend(&[0][..chunk.len() & 1]);
        };
        push(b"VP8X", &extended);
        if let Some(icc) = self.icc {
            push(b"ICCP", icc);
        }
        for (name, chunk) in chunks(list).filter(|(name, _)| *name != b"VP8X") {
            push(name, chunk);
        }
        if let Some(xmp) = xmp {
            push(b"XMP ", xmp.as_bytes());
        }
        let length = (output.len() - 8) as u32;
        output[4..8].copy_from_slice(&length.to_le_bytes());
        output
    }
}

/// Returns the payload of a `VP8X` chunk for a file that is not extended.
fn extended_header(file: &[u8]) -> Option<Vec<u8>> {
    let features = crate::clib::webp_features(file)?;
    const ALPHA: u8 = 0x10;
    let mut extended = vec![if features.has_alpha { ALPHA } else { 0 }, 0, 0, 0];
    extended.extend(&(features.width - 1).to_le_bytes()[..3]);
    extended.extend(&(features.height - 1).to_le_bytes()[..3]);
    Some(extended)
}
