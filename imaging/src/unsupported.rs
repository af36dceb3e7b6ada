//! Names the formats that are recognized but never read.

/// The offset of the magic bytes of each format, the magic bytes, and the name of the format in messages.
const FORMATS: &[(usize, &[u8], &str)] = &[
    // Pictures.
    (0, b"II\xbc", "JPEG XR"),
    (0, b"BPG\xfb", "BPG"),
    (0, b"FLIF", "FLIF"),
    (0, b"farbfeld", "farbfeld"),
    (0, b"PF\n", "PFM"),
    (0, b"Pf\n", "PFM"),
    (0, b"PF4\n", "PFM"),
    (0, b"P7 332\n", "XV thumbnail"),
    (0, b"\x59\xa6\x6a\x95", "Sun raster"),
    (0, b"/* XPM */", "XPM"),
    (8, b"ILBM", "ILBM"),
    (8, b"PBM BMHD", "ILBM"),
    (0, b"\x97JB2\r\n\x1a\n", "JBIG2"),
    (0, b"SDPX", "DPX"),
    (0, b"XPDS", "DPX"),
    (0, b"\x80\x2a\x5f\xd7", "Cineon"),
    (0, b"SIMPLE  =", "FITS"),
    (128, b"DICM", "DICOM"),
    (344, b"n+1\0", "NIfTI"),
    (0, b"icns", "ICNS"),
    (8, b"ACONanih", "ANI"),
    (8, b"ACONLIST", "ANI"),
    (0, b"\x8bJNG\r\n\x1a\n", "JNG"),
    (0, b"\x8aMNG\r\n\x1a\n", "MNG"),
    (0, b"\0MRM", "Minolta raw"),
    // Textures.
    (0, b"\xabKTX 11\xbb\r\n\x1a\n", "KTX"),
    (0, b"\xabKTX 20\xbb\r\n\x1a\n", "KTX2"),
    (0, b"PVR\x03", "PVR"),
    (0, b"VTF\0", "VTF"),
    (0, b"\x13\xab\xa1\x5c", "ASTC"),
    // Documents with layers or vectors.
    (0, b"gimp xcf", "XCF"),
    (20, b"GIMP", "GIMP brush"),
    (20, b"GPAT", "GIMP pattern"),
    (0, b"Paint Shop Pro Image File\n\x1a", "Paint Shop Pro"),
    (0, b"PDN3", "Paint.NET"),
    (0, b"\0\xffKA", "Affinity"),
    (0, b"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "InDesign"),
    (8, b"CDR", "CorelDRAW"),
    (0, b"AC10", "DWG"),
    (0, b"%PDF", "PDF"),
    (0, b"%!PS", "PostScript"),
    (0, b"\xc5\xd0\xd3\xc6", "EPS"),
    (0, b"\xd7\xcd\xc6\x9a", "WMF"),
    (0, b"\x01\0\x09\0\0\x03", "WMF"),
    (40, b" EMF\0\0\x01\0", "EMF"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"{\\rtf", "RTF"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Microsoft Office document"),
    // Videos.
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM video"),
    (8, b"AVI LIST", "AVI video"),
    (0, b"FLV\x01", "Flash video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media video"),
    (0, b"OggS\0", "Ogg video or audio"),
    (0, b".RMF\0", "RealMedia video"),
    (0, b"\0\0\x01\xba", "MPEG video"),
    (0, b"\0\0\x01\xb3", "MPEG video"),
    (4, b"RED1", "R3D video"),
    (4, b"RED2", "R3D video"),
    // Archives. Many documents are ZIP files.
    (30, b"mimetypeapplication/vnd.oasis.opendocument", "OpenDocument"),
    (30, b"mimetypeimage/openraster", "OpenRaster"),
    (30, b"mimetypeapplication/x-krita", "Krita"),
    (30, b"mimetypeapplication/epub+zip", "EPUB"),
    (30, b"[Content_Types].xml", "Microsoft Office document"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"PK\x05\x06", "ZIP"),
    (0, b"Rar!\x1a\x07", "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (257, b"ustar", "tar"),
    (0, b"\x1f\x8b\x08", "gzip (SVGZ)"),
    (4, b"1AY&SY", "bzip2"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard"),
];

/// Returns the name of the format, or `None` if it is unknown. `original` may be only the beginning of the file.
pub(crate) fn name(original: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| original.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if let Some((.., name)) = FORMATS.iter().find(|(offset, magic, _)| at(*offset, magic)) {
        return Some(name);
    }
    match original {
        // The number of bytes per sample, and of dimensions.
        [0x01, 0xda, 0 | 1, 1 | 2, 0, 1..=3, ..] => return Some("SGI"),
        // The version, the encoding, and the number of bits per sample.
        [0x0a, 0 | 2..=5, 0 | 1, 1 | 2 | 4 | 8, ..] => return Some("PCX"),
        // A cursor has the same directory as an icon.
        [0, 0, 2, 0, count, more, _, _, _, 0, ..] if original.len() >= 22 && (count, more) != (&0, &0) => {
            return Some("CUR");
        }
        // QuickTime files without a brand begin with one of these boxes. The size before the type is not
        // printable text.
        [..0x20, _, _, _, b'm', b'o', b'o', b'v', ..]
        | [..0x20, _, _, _, b'm', b'd', b'a', b't', ..]
        | [..0x20, _, _, _, b'w', b'i', b'd', b'e', ..]
        | [..0x20, _, _, _, b'f', b'r', b'e', b'e', ..]
        | [..0x20, _, _, _, b's', b'k', b'i', b'p', ..] => return Some("QuickTime video"),
        [b'#', b'd', b'e', b'f', b'i', b'n', b'e', b' ', ..] => {
            let line = original.split(|byte| *byte == b'\n').next()?;
            return memchr::memmem::find(line, b"_width ").map(|_| "XBM");
        }
        _ => {}
    }
    // An MPEG transport stream has packets of 188 bytes that begin with a sync byte. Some discs put a
    // timestamp before each packet.
    if [0, 4].iter().any(|start| (0..4).all(|packet| at(start + packet * (188 + start), b"G"))) {
        return Some("MPEG video");
    }
    // PDF readers skip the bytes that mail programs and printers insert before the header.
    memchr::memmem::find(&original[..original.len().min(1024 + 5)], b"%PDF-").map(|_| "PDF")
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn pictures_and_documents_are_named() {
        let at = |offset: usize, magic: &[u8]| [&vec![0; offset][..], magic].concat();
        for (file, expected) in [
            (b"\x01\xda\x01\x01\0\x03\0\x10\0\x10".to_vec(), "SGI"),
            (b"\x0a\x05\x01\x08\0\0\0\0".to_vec(), "PCX"),
            (at(128, b"DICM"), "DICOM"),
            (b"\xabKTX 20\xbb\r\n\x1a\n".to_vec(), "KTX2"),
            (b"FORM\0\0\x10\0ILBMBMHD".to_vec(), "ILBM"),
            (b"\x01\0\0\0\x6c\0\0\0".iter().copied().chain(at(32, b" EMF\0\0\x01\0")).collect(), "EMF"),
            (b"#define a_width 16\n#define a_height 7\n".to_vec(), "XBM"),
            (b"PK\x03\x04".to_vec(), "ZIP"),
            ([b"PK\x03\x04", &[0; 26][..], b"mimetypeimage/openraster"].concat(), "OpenRaster"),
            (b"\x8aMNG\r\n\x1a\n".to_vec(), "MNG"),
            (b"\x1f\x8b\x08".to_vec(), "gzip (SVGZ)"),
        ] {
            assert_eq!(name(&file), Some(expected));
        }
        assert_eq!(name(b"#define WIDTH 16\nint a_width = 3;"), None);
        assert_eq!(name(b"\nA text"), None);
    }

    #[test]
    fn videos_are_named() {
        assert_eq!(name(b"\0\0\x01\xba\x44"), Some("MPEG video"));
        let packets = |before: usize| [&vec![0; before][..], b"G", &[7; 187]].concat().repeat(4);
        assert_eq!(name(&packets(0)), Some("MPEG video"));
        assert_eq!(name(&packets(4)), Some("MPEG video"));
        assert_eq!(name(&b"Gains and losses".repeat(60)), None);
        assert_eq!(name(b"\0\0\0\x08wide\0\0\x10\0mdat"), Some("QuickTime video"));
        assert_eq!(name(b"\0\0\x10\0moov"), Some("QuickTime video"));
        assert_eq!(name(b"RIFF\0\0\0\0AVI LIST"), Some("AVI video"));
        assert_eq!(name(b"Oil-free cooking"), None);
    }

    #[test]
    fn a_pdf_can_follow_other_bytes() {
        assert_eq!(name(&[&[b' '; 1000][..], b"%PDF-1.4"].concat()), Some("PDF"));
        assert_eq!(name(&[&[b' '; 1100][..], b"%PDF-1.4"].concat()), None);
    }
}
