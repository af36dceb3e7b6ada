//! Decoded pixels with 8 bits per sample.

use std::borrow::Cow;

/// The meaning of the samples of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
    /// Inverted, as Adobe stores it: 255 means no ink.
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

    pub(crate) fn is_gray(self) -> bool {
        matches!(self, Self::Gray | Self::GrayAlpha)
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
    /// The part of `width` x `height` that the original covers. If 1001 pixels are shrunk by 8, the last of
    /// 126 columns contains one pixel instead of eight, and the image ends at 125.125.
    pub(crate) extent: (f64, f64),
}

impl Pixels {
    pub(crate) fn new(width: u32, height: u32, layout: Layout, data: Vec<u8>) -> Self {
        debug_assert_eq!(data.len(), width as usize * height as usize * layout.channels());
        Self { width, height, layout, data, extent: (f64::from(width), f64::from(height)) }
    }

    /// Returns the pixels with three channels, or with four if they have alpha.
    pub(crate) fn to_rgb(&self) -> Cow<'_, Self> {
        let (layout, data) = match self.layout {
            Layout::Gray => (Layout::Rgb, self.data.iter().flat_map(|gray| [*gray; 3]).collect()),
            Layout::GrayAlpha => {
                let wide = |pixel: &[u8]| [pixel[0], pixel[0], pixel[0], pixel[1]];
                (Layout::Rgba, self.data.chunks_exact(2).flat_map(wide).collect())
            }
            Layout::Rgb | Layout::Rgba | Layout::Cmyk => return Cow::Borrowed(self),
        };
        Cow::Owned(Self::new(self.width, self.height, layout, data))
    }

    /// Returns gray pixels if all three channels are equal everywhere.
    pub(crate) fn collapse_gray(self) -> Self {
        let channels = self.layout.channels();
        if self.data.chunks_exact(channels).any(|pixel| pixel[0] != pixel[1] || pixel[1] != pixel[2]) {
            return self;
        }
        let (layout, data) = if self.layout.has_alpha() {
            (Layout::GrayAlpha, self.data.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[3]]).collect())
        } else {
            (Layout::Gray, self.data.chunks_exact(3).map(|pixel| pixel[0]).collect())
        };
        Self::new(self.width, self.height, layout, data)
    }
}

/// One component of a YCbCr picture at its own resolution.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) data: Vec<u8>,
    pub(crate) extent: (f64, f64),
}

/// The range of a plane's values from black to white.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleRange {
    /// 0 to 255, as in JPEG.
    Full,
    /// 16 to 235, and 16 to 240 for chroma, as in WebP.
    Limited,
}

impl Raster {
    /// Returns whether the pixels are RGB, or become RGB when they are resized.
    pub(crate) fn is_rgb(&self) -> bool {
        match self {
            Self::Packed(pixels) => matches!(pixels.layout, Layout::Rgb | Layout::Rgba),
            Self::Ycc { .. } => true,
        }
    }
}

/// The pixels that a decoder returns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raster {
    Packed(Pixels),
    /// Luma and two chroma planes. Each plane is resized separately, and the results are combined.
    Ycc {
        planes: Box<[Plane; 3]>,
        range: SampleRange,
    },
}
