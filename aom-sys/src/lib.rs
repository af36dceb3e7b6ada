//! Encodes still pictures as AV1 with libaom.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

/// A picture of 8 bits per sample, at full range, and how to encode it.
#[derive(Clone, Copy, Debug)]
pub struct Still<'a> {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The luma of each pixel, by rows.
    pub luma: &'a [u8],
    /// Cb and Cr of BT.601 for each 2 x 2 pixels, by rows, or `None` for a gray picture.
    pub chroma: Option<[&'a [u8]; 2]>,
    /// The quantizer, from 0 for the highest quality to 63.
    pub quantizer: u8,
    /// The speed setting of libaom, from 0 for the smallest file to 9.
    pub speed: u8,
}

/// The same struct is in `still.c`.
#[repr(C)]
struct CStill {
    planes: [*const u8; 3],
    width: c_int,
    height: c_int,
    is_gray: c_int,
    quantizer: c_int,
    speed: c_int,
}

unsafe extern "C" {
    fn aom_sys_encode_still(still: *const CStill, stream: *mut *mut u8, length: *mut usize) -> *const c_char;
    fn aom_sys_free(stream: *mut u8);
}

/// Returns the AV1 stream of a picture, which libaom encodes on the calling thread. The error is a message.
pub fn encode(still: &Still<'_>) -> Result<Vec<u8>, String> {
    let side = |pixels: u32| c_int::try_from(pixels).map_err(|_| "the picture is too large".to_owned());
    let (width, height) = (side(still.width)?, side(still.height)?);
    let samples = u64::from(still.width) * u64::from(still.height);
    let chroma_samples = u64::from(still.width.div_ceil(2)) * u64::from(still.height.div_ceil(2));
    let has_size = |plane: &[u8], samples: u64| plane.len() as u64 == samples;
    let [cb, cr] = still.chroma.map_or([ptr::null(); 2], |planes| planes.map(<[u8]>::as_ptr));
    if !has_size(still.luma, samples)
        || still.chroma.is_some_and(|planes| planes.iter().any(|plane| !has_size(plane, chroma_samples)))
    {
        return Err("the number of samples does not match the size".to_owned());
    }
    let input = CStill {
        planes: [still.luma.as_ptr(), cb, cr],
        width,
        height,
        is_gray: still.chroma.is_none().into(),
        quantizer: still.quantizer.into(),
        speed: still.speed.into(),
    };
    let (mut stream, mut length) = (ptr::null_mut(), 0);
    // SAFETY: The planes have the sizes that C computes from width and height, and C only reads them; it reads no
    // chroma of a gray picture. C stores null or a buffer of `length` bytes, which is copied and freed here. The
    // message is a constant.
    unsafe {
        let message = aom_sys_encode_still(&raw const input, &raw mut stream, &raw mut length);
        let bytes = (!stream.is_null()).then(|| std::slice::from_raw_parts(stream, length).to_vec());
        aom_sys_free(stream);
        if message.is_null() {
            bytes.ok_or_else(|| "libaom returned no picture".to_owned())
        } else {
            Err(format!("libaom: {}", CStr::from_ptr(message).to_string_lossy()))
        }
    }
}
