//! Converts YCbCr samples of a TIFF, which can declare the values of black and white and the coefficients.

use crate::decode::tiff::directory::{Directory, tag};

/// The coding of YCbCr samples.
pub(crate) struct YccCoding {
    black: [f32; 3],
    scale: [f32; 3],
    /// The luma coefficients of red, green, and blue.
    luma: [f32; 3],
}

impl YccCoding {
    pub(crate) fn from_directory(directory: &Directory<'_>) -> Self {
        let luma = directory.rationals(tag::YCC_COEFFICIENTS).filter(|luma| luma[1] > 0.0);
        let [y0, y1, u0, u1, v0, v1] =
            directory.rationals(tag::BLACK_WHITE).unwrap_or([0.0, 255.0, 128.0, 255.0, 128.0, 255.0]);
        let span = |black: f32, white: f32, codes: f32| {
            if white > black { codes / (white - black) } else { 1.0 }
        };
        Self {
            black: [y0, u0, v0],
            scale: [span(y0, y1, 255.0), span(u0, u1, 127.0), span(v0, v1, 127.0)],
            luma: luma.unwrap_or([0.299, 0.587, 0.114]),
        }
    }

    pub(crate) fn rgb(&self, y: u8, u: u8, v: u8) -> [u8; 3] {
        let [y, u, v] = std::array::from_fn(|i| (f32::from([y, u, v][i]) - self.black[i]) * self.scale[i]);
        let [in_red, in_green, in_blue] = self.luma;
        let red = y + v * (2.0 - 2.0 * in_red);
        let blue = y + u * (2.0 - 2.0 * in_blue);
        let green = (y - in_red * red - in_blue * blue) / in_green;
        [red, green, blue].map(|sample| (sample + 0.5) as u8)
    }
}
