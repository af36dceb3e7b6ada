//! Decodes and encodes JPEG with libjpeg-turbo.

use std::ffi::{CStr, c_int};
use std::ptr;

use libjpeg_turbo_sys as tj;

use crate::pixels::Layout;

struct TurboJpeg(tj::tjhandle);

impl TurboJpeg {
    fn new(kind: c_int) -> Result<Self, String> {
        // SAFETY: The function takes an integer and returns a handle or null.
        let handle = unsafe { tj::tj3Init(kind) };
        if handle.is_null() { Err("libjpeg-turbo cannot be initialized".into()) } else { Ok(Self(handle)) }
    }

    fn set(&mut self, parameter: c_int, value: c_int) {
        // SAFETY: The handle is live. The library refuses a value out of range, and none here is.
        let status = unsafe { tj::tj3Set(self.0, parameter, value) };
        debug_assert_eq!(status, 0);
    }

    fn get(&mut self, parameter: c_int) -> c_int {
        // SAFETY: The handle is live.
        unsafe { tj::tj3Get(self.0, parameter) }
    }

    /// Returns the message of the last call, and whether it was only a warning, so that the pixels are
    /// usable.
    fn last_error(&mut self) -> (String, bool) {
        // SAFETY: The handle is live and owns the zero-terminated string, which is copied at once.
        unsafe {
            let message = CStr::from_ptr(tj::tj3GetErrorStr(self.0)).to_string_lossy().into_owned();
            (message, tj::tj3GetErrorCode(self.0) == tj::TJERR_WARNING)
        }
    }

    /// Returns the message of the last call if it was a warning, or fails with it.
    fn warning(&mut self) -> Result<String, String> {
        let (message, is_warning) = self.last_error();
        if is_warning { Ok(message) } else { Err(message) }
    }
}

impl Drop for TurboJpeg {
    fn drop(&mut self) {
        // SAFETY: tj3Init created the handle, and it is destroyed once.
        unsafe { tj::tj3Destroy(self.0) }
    }
}

/// How libjpeg-turbo decodes a JPEG.
#[derive(Clone, Copy)]
pub(crate) struct JpegDecoding {
    /// 1, 2, 4, or 8: the sides of the picture are divided by it.
    pub(crate) denominator: u32,
    /// The number of scans after which decoding fails.
    pub(crate) max_scans: u32,
    /// The number of bytes that decoding may hold.
    pub(crate) max_memory: u64,
}

impl JpegDecoding {
    /// Reads the header of `original`. Returns its decoder, and the width and height at `1 / denominator`.
    fn begin(self, original: &[u8]) -> Result<(TurboJpeg, u32, u32), String> {
        let mut jpeg = TurboJpeg::new(tj::TJINIT_DECOMPRESS)?;
        jpeg.set(tj::TJPARAM_SCANLIMIT, self.max_scans as c_int);
        // Another function reads the color profile.
        jpeg.set(tj::TJPARAM_SAVEMARKERS, 0);
        jpeg.set(tj::TJPARAM_MAXMEMORY, (self.max_memory >> 20).clamp(1, 1 << 20) as c_int);
        // SAFETY: Pointer and length belong to one slice.
        let status = unsafe { tj::tj3DecompressHeader(jpeg.0, original.as_ptr(), original.len()) };
        if status != 0 {
            jpeg.warning()?;
        }
        let denominator = self.denominator.max(1);
        let factor = tj::tjscalingfactor { num: 1, denom: denominator as c_int };
        // SAFETY: The handle is live, and the factor is plain data.
        if unsafe { tj::tj3SetScalingFactor(jpeg.0, factor) } != 0 {
            return Err(jpeg.last_error().0);
        }
        let side = |parameter: c_int| u32::try_from(parameter).unwrap_or(0).div_ceil(denominator);
        let width = side(jpeg.get(tj::TJPARAM_JPEGWIDTH));
        let height = side(jpeg.get(tj::TJPARAM_JPEGHEIGHT));
        Ok((jpeg, width, height))
    }

    /// Returns an error if a picture with `bytes` does not fit in memory.
    fn check_memory(self, bytes: u64, width: u32, height: u32) -> Result<(), String> {
        if bytes == 0 || bytes > self.max_memory {
            return Err(format!("{width} x {height} pixels do not fit in memory"));
        }
        Ok(())
    }
}

/// A JPEG decoded to pixels.
pub(crate) struct DecodedJpeg {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
    /// The warning of the decoder about data that it replaced or skipped.
    pub(crate) warning: Option<String>,
}

/// Decodes to gray, RGB, or CMYK. Samples of `precision` bits become samples of 8 bits.
pub(crate) fn decode_jpeg(
    original: &[u8],
    layout: Layout,
    precision: u8,
    decoding: JpegDecoding,
) -> Result<DecodedJpeg, String> {
    let (mut jpeg, width, height) = decoding.begin(original)?;
    let (format, channels) = match layout {
        Layout::Gray => (tj::TJPF_GRAY, 1),
        Layout::Cmyk => (tj::TJPF_CMYK, 4),
        Layout::GrayAlpha | Layout::Rgb | Layout::Rgba => (tj::TJPF_RGB, 3),
    };
    let samples = u64::from(width) * u64::from(height) * channels;
    decoding.check_memory(if precision > 8 { 3 * samples } else { samples }, width, height)?;
    let (data, length, samples) = (original.as_ptr(), original.len(), samples as usize);
    let (mut pixels, mut wide) = (Vec::new(), Vec::<u16>::new());
    // SAFETY: Each buffer holds `height` rows of `width` pixels of the format, in samples of the size that the
    // function writes. Pitch 0 means no padding. The library computes its output size from the same numbers, and
    // refuses a JPEG whose precision the function does not decode.
    let status = unsafe {
        if precision > 8 {
            wide.resize(samples, 0);
            match precision {
                9..=12 => tj::tj3Decompress12(jpeg.0, data, length, wide.as_mut_ptr().cast(), 0, format),
                _ => tj::tj3Decompress16(jpeg.0, data, length, wide.as_mut_ptr(), 0, format),
            }
        } else {
            pixels.resize(samples, 0);
            tj::tj3Decompress8(jpeg.0, data, length, pixels.as_mut_ptr(), 0, format)
        }
    };
    let max = (1 << precision) - 1;
    let to_8_bits = |sample: u32| ((sample.min(max) * 255 + max / 2) / max) as u8;
    if precision > 8 {
        pixels = wide.iter().map(|sample| to_8_bits(u32::from(*sample))).collect();
    } else if precision < 8 {
        pixels.iter_mut().for_each(|sample| *sample = to_8_bits(u32::from(*sample)));
    }
    let warning = if status == 0 { None } else { Some(jpeg.warning()?) };
    Ok(DecodedJpeg { width, height, pixels, warning })
}

/// A JPEG decoded to planes.
pub(crate) struct DecodedPlanes {
    /// The number of samples in a row, and the samples, of Y, Cb, and Cr. A plane can be a few samples wider and higher
    /// than the picture, because its sides are multiples of the sampling factors.
    pub(crate) planes: [(usize, Vec<u8>); 3],
    /// The warning of the decoder about data that it replaced or skipped.
    pub(crate) warning: Option<String>,
}

/// Decodes a JPEG with YCbCr in 8 bits to planes, each at its own resolution. Returns `None` if the sampling factors are
/// unusual.
pub(crate) fn decode_jpeg_planes(
    original: &[u8],
    decoding: JpegDecoding,
) -> Result<Option<DecodedPlanes>, String> {
    let (mut jpeg, width, height) = decoding.begin(original)?;
    let sampling = jpeg.get(tj::TJPARAM_SUBSAMP);
    if sampling < 0 || sampling == tj::TJSAMP_GRAY {
        return Ok(None);
    }
    let (w, h) = (width as c_int, height as c_int);
    // SAFETY: The functions take integers and return integers; 0 is an error.
    let sizes = [0, 1, 2].map(|plane| unsafe {
        (tj::tj3YUVPlaneWidth(plane, w, sampling), tj::tj3YUVPlaneHeight(plane, h, sampling))
    });
    let sizes = sizes.map(|(w, h)| (usize::try_from(w).unwrap_or(0), usize::try_from(h).unwrap_or(0)));
    let samples: usize = sizes.iter().map(|(width, height)| width * height).sum();
    decoding.check_memory(samples as u64, width, height)?;
    let mut planes = sizes.map(|(width, height)| (width, vec![0; width * height]));
    let mut pointers = planes.each_mut().map(|plane| plane.1.as_mut_ptr());
    // SAFETY: Each buffer has the size that the library computes for this plane from the size and the sampling
    // factors in the header. Without strides, rows have no padding.
    let status = unsafe {
        tj::tj3DecompressToYUVPlanes8(
            jpeg.0,
            original.as_ptr(),
            original.len(),
            pointers.as_mut_ptr(),
            ptr::null(),
        )
    };
    let warning = if status == 0 { None } else { Some(jpeg.warning()?) };
    Ok(Some(DecodedPlanes { planes, warning }))
}

/// Encodes gray or RGB pixels with optimized Huffman tables. `whole_chroma` stores a chroma sample for every
/// pixel instead of for four.
pub(crate) fn encode_jpeg(
    pixels: &[u8],
    width: u32,
    height: u32,
    layout: Layout,
    quality: u8,
    progressive: bool,
    whole_chroma: bool,
) -> Result<Vec<u8>, String> {
    let (format, chroma, channels) = match layout {
        Layout::Gray => (tj::TJPF_GRAY, tj::TJSAMP_GRAY, 1),
        _ if whole_chroma => (tj::TJPF_RGB, tj::TJSAMP_444, 3),
        _ => (tj::TJPF_RGB, tj::TJSAMP_420, 3),
    };
    if pixels.len() as u64 != u64::from(width) * u64::from(height) * channels
        || width > 65_500
        || height > 65_500
    {
        return Err("the number of pixels does not match the size".into());
    }
    let mut jpeg = TurboJpeg::new(tj::TJINIT_COMPRESS)?;
    jpeg.set(tj::TJPARAM_SUBSAMP, chroma);
    jpeg.set(tj::TJPARAM_QUALITY, c_int::from(quality.clamp(1, 100)));
    jpeg.set(tj::TJPARAM_OPTIMIZE, 1);
    jpeg.set(tj::TJPARAM_PROGRESSIVE, c_int::from(progressive));
    let mut buffer = ptr::null_mut();
    let mut length = 0;
    // SAFETY: The number of pixels was checked against the size above. The library allocates the buffer,
    // which is copied and freed here whatever the status is.
    unsafe {
        let status = tj::tj3Compress8(
            jpeg.0,
            pixels.as_ptr(),
            width as c_int,
            0,
            height as c_int,
            format,
            &raw mut buffer,
            &raw mut length,
        );
        let encoded =
            (status == 0 && !buffer.is_null()).then(|| std::slice::from_raw_parts(buffer, length).to_vec());
        tj::tj3Free(buffer.cast());
        encoded.ok_or_else(|| jpeg.last_error().0)
    }
}
