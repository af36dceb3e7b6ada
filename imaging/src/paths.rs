//! The shortcuts of decoding and rendering.

/// The shortcuts that make decoding fast. With and without each of them, the pixels are nearly the same.
/// Tests switch them off to compare.
#[derive(Clone, Copy, Debug)]
pub struct FastPaths {
    /// Whether to decode only the low frequencies of a JPEG if a small picture needs no others.
    pub dct_scaled: bool,
    /// Whether to let libjpeg-turbo decode at 1/2, 1/4, or 1/8 of the size.
    pub jpeg_scaled: bool,
    /// Whether to decode the planes of a JPEG, each at its own resolution, instead of pixels.
    pub jpeg_planes: bool,
    /// Whether to average blocks of pixels while the decoder returns rows.
    pub shrink: bool,
    /// Whether to render small thumbnails from larger thumbnails.
    pub chain: bool,
    /// Whether to skip the deblocking filters of WebP, AVIF, and HEIC if pixels are averaged later.
    pub unfiltered: bool,
    /// Whether to use the embedded thumbnail of a HEIC or AVIF if it has at least twice the pixels that are
    /// needed.
    pub embedded: bool,
}

impl FastPaths {
    /// All shortcuts, which [`render`] uses.
    pub const ALL: Self = Self {
        dct_scaled: true,
        jpeg_scaled: true,
        jpeg_planes: true,
        shrink: true,
        chain: true,
        unfiltered: true,
        embedded: true,
    };
    /// No shortcuts.
    pub const NONE: Self = Self {
        dct_scaled: false,
        jpeg_scaled: false,
        jpeg_planes: false,
        shrink: false,
        chain: false,
        unfiltered: false,
        embedded: false,
    };
}
