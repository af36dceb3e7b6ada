//! Declares the functions of libjpeg-turbo that `imaging` calls, as in `turbojpeg.h`.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};

/// An instance of the library, which `tj3Init` creates and `tj3Destroy` frees.
#[allow(non_camel_case_types)]
pub type tjhandle = *mut c_void;

/// The factor by which a decompressor scales the sides of a picture.
#[allow(non_camel_case_types)]
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct tjscalingfactor {
    /// The numerator.
    pub num: c_int,
    /// The denominator.
    pub denom: c_int,
}

/// For `tj3Init`: an instance that compresses.
pub const TJINIT_COMPRESS: c_int = 0;
/// For `tj3Init`: an instance that decompresses.
pub const TJINIT_DECOMPRESS: c_int = 1;

/// One chroma sample for each pixel.
pub const TJSAMP_444: c_int = 0;
/// One chroma sample for each 2 x 2 pixels.
pub const TJSAMP_420: c_int = 2;
/// No chroma.
pub const TJSAMP_GRAY: c_int = 3;

/// Pixels of red, green, and blue.
pub const TJPF_RGB: c_int = 0;
/// Gray pixels.
pub const TJPF_GRAY: c_int = 6;
/// Pixels of cyan, magenta, yellow, and black.
pub const TJPF_CMYK: c_int = 11;

/// The quality of a compressor, 1 to 100.
pub const TJPARAM_QUALITY: c_int = 3;
/// The chroma samples, one of the `TJSAMP` constants.
pub const TJPARAM_SUBSAMP: c_int = 4;
/// The width of the JPEG, valid after `tj3DecompressHeader`.
pub const TJPARAM_JPEGWIDTH: c_int = 5;
/// The height of the JPEG, valid after `tj3DecompressHeader`.
pub const TJPARAM_JPEGHEIGHT: c_int = 6;
/// Whether a compressor optimizes the Huffman tables for the picture.
pub const TJPARAM_OPTIMIZE: c_int = 11;
/// Whether a compressor writes a progressive JPEG.
pub const TJPARAM_PROGRESSIVE: c_int = 12;
/// The number of scans after which a decompressor fails.
pub const TJPARAM_SCANLIMIT: c_int = 13;
/// The memory for intermediate buffers, in MiB.
pub const TJPARAM_MAXMEMORY: c_int = 23;
/// Which markers a decompressor keeps.
pub const TJPARAM_SAVEMARKERS: c_int = 25;

/// The error code of a call that completed although the data was corrupt.
pub const TJERR_WARNING: c_int = 0;

unsafe extern "C" {
    /// Creates an instance, or returns null.
    pub fn tj3Init(kind: c_int) -> tjhandle;
    /// Frees an instance.
    pub fn tj3Destroy(handle: tjhandle);
    /// Returns the message of the last call that failed; the instance owns it.
    pub fn tj3GetErrorStr(handle: tjhandle) -> *mut c_char;
    /// Returns the severity of the last error; `TJERR_WARNING` if the call completed.
    pub fn tj3GetErrorCode(handle: tjhandle) -> c_int;
    /// Sets a parameter, one of the `TJPARAM` constants.
    pub fn tj3Set(handle: tjhandle, parameter: c_int, value: c_int) -> c_int;
    /// Returns a parameter, one of the `TJPARAM` constants.
    pub fn tj3Get(handle: tjhandle, parameter: c_int) -> c_int;
    /// Frees a buffer that a compressor allocated.
    pub fn tj3Free(buffer: *mut c_void);
    /// Compresses `height` rows of `width` pixels into a buffer that it allocates.
    pub fn tj3Compress8(
        handle: tjhandle,
        pixels: *const u8,
        width: c_int,
        pitch: c_int,
        height: c_int,
        format: c_int,
        jpeg: *mut *mut u8,
        length: *mut usize,
    ) -> c_int;
    /// Reads the header of a JPEG.
    pub fn tj3DecompressHeader(handle: tjhandle, jpeg: *const u8, length: usize) -> c_int;
    /// Sets the factor by which the next decompression scales.
    pub fn tj3SetScalingFactor(handle: tjhandle, factor: tjscalingfactor) -> c_int;
    /// Decompresses a JPEG with 2 to 8 bits per sample into a buffer that the caller provides.
    pub fn tj3Decompress8(
        handle: tjhandle,
        jpeg: *const u8,
        length: usize,
        pixels: *mut u8,
        pitch: c_int,
        format: c_int,
    ) -> c_int;
    /// Decompresses a JPEG with 9 to 12 bits per sample into a buffer that the caller provides.
    pub fn tj3Decompress12(
        handle: tjhandle,
        jpeg: *const u8,
        length: usize,
        pixels: *mut i16,
        pitch: c_int,
        format: c_int,
    ) -> c_int;
    /// Decompresses a JPEG with 13 to 16 bits per sample into a buffer that the caller provides.
    pub fn tj3Decompress16(
        handle: tjhandle,
        jpeg: *const u8,
        length: usize,
        pixels: *mut u16,
        pitch: c_int,
        format: c_int,
    ) -> c_int;
}
