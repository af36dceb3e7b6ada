//! Decoded pixels, 8 bits a sample.

/// What the samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// As stored by Adobe and everybody since: 255 is no ink.
    Cmyk,
}

impl Layout {
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    pub(crate) fn has_alpha(self) -> bool {
        matches!(self, Self::GrayAlpha | Self::Rgba)
    }
}

/// Rows of pixels, top to bottom, without padding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) layout: Layout,
    pub(crate) data: Vec<u8>,
    /// How much of `width` x `height` the original really covers: when 1001 pixels were shrunk by 8, the
    /// last of 126 columns stands for one pixel of eight, and the image ends at 125.125.
    pub(crate) extent: (f64, f64),
}

impl Pixels {
    pub(crate) fn new(width: u32, height: u32, layout: Layout, data: Vec<u8>) -> Self {
        debug_assert_eq!(data.len(), width as usize * height as usize * layout.channels());
        Self { width, height, layout, data, extent: (f64::from(width), f64::from(height)) }
    }
}

/// One component of a JPEG or WebP, at its own resolution.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: Vec<u8>,
    pub(crate) extent: (f64, f64),
}

/// Which values of a plane mean black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Range {
    /// 0 to 255: JPEG.
    Full,
    /// 16 to 235, and 16 to 240 of the colors: WebP.
    Limited,
}

impl Raster {
    /// Whether the pixels are red, green, and blue, or become so.
    pub(crate) fn is_rgb(&self) -> bool {
        match self {
            Self::Packed(pixels) => matches!(pixels.layout, Layout::Rgb | Layout::Rgba),
            Self::Ycc { .. } => true,
        }
    }
}

/// What a decoder hands on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raster {
    Packed(Pixels),
    /// Luma and the two chroma planes, resized apart and joined when they are small.
    Ycc {
        planes: Box<[Plane; 3]>,
        range: Range,
    },
}
