//! Converts the CIE L*a*b* colors of TIFF and PSD.

use crate::curves::srgb_encode;

/// Returns the sRGB color for a lightness of 0 to 100 and two color components of about -128 to 127, relative
/// to the D50 white of printing.
pub(crate) fn to_srgb(lightness: f32, a: f32, b: f32) -> [u8; 3] {
    let middle = (lightness + 16.0) / 116.0;
    // The inverse of the CIE 1976 function.
    let light = |t: f32| if t > 6.0 / 29.0 { t.powi(3) } else { (t - 4.0 / 29.0) * 108.0 / 841.0 };
    let x = 0.9642 * light(middle + a / 500.0);
    let y = light(middle);
    let z = 0.8249 * light(middle - b / 200.0);
    // The matrix from XYZ with D50 to linear sRGB includes Bradford's chromatic adaptation.
    let rows = [
        [3.133_856, -1.616_866_7, -0.490_614_6],
        [-0.978_768_4, 1.916_141_5, 0.033_454_0],
        [0.071_945_3, -0.228_991_4, 1.405_242_7],
    ];
    rows.map(|[by_x, by_y, by_z]| {
        let light: f32 = by_x * x + by_y * y + by_z * z;
        (srgb_encode(f64::from(light)) * 255.0 + 0.5) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_match_other_programs() {
        assert_eq!(to_srgb(0.0, 0.0, 0.0), [0; 3]);
        assert_eq!(to_srgb(100.0, 0.0, 0.0), [255; 3]);
        // The Lab values of sRGB red, green, and blue with D50, from color libraries.
        for (lab, rgb) in [
            ((54.29, 80.80, 69.89), [255, 0, 0]),
            ((87.82, -79.27, 80.99), [0, 255, 0]),
            ((29.57, 68.30, -112.03), [0, 0, 255]),
        ] {
            let made = to_srgb(lab.0, lab.1, lab.2);
            assert!(made.iter().zip(rgb).all(|(made, rgb)| made.abs_diff(rgb) <= 1), "{made:?}");
        }
    }
}
