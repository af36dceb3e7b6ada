//! Encodes pictures as AV1 with libaom.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{self, NonNull};

/// How pictures are encoded.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The width of each picture in pixels.
    pub width: u32,
    /// The height of each picture in pixels.
    pub height: u32,
    /// Whether the pictures have only luma.
    pub is_gray: bool,
    /// What the encoder encodes.
    pub content: Content,
    /// The quantizer, from 0 for the highest quality to 63.
    pub quantizer: u8,
    /// The speed setting of libaom, from 0 for the smallest file to 9.
    pub speed: u8,
}

/// What an encoder encodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// One still picture.
    Still,
    /// Pictures that are predicted from earlier ones.
    Sequence,
}

/// A picture of 8 bits per sample, at full range.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The luma of each pixel, by rows.
    pub luma: &'a [u8],
    /// Cb and Cr of BT.601 for each 2 x 2 pixels, by rows, or `None` for a gray picture.
    pub chroma: Option<[&'a [u8]; 2]>,
}

/// An encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Its AV1 stream.
    pub bytes: Vec<u8>,
    /// Whether a decoder can begin with it.
    pub is_key_frame: bool,
}

/// `encoder.c` declares the same struct.
#[repr(C)]
struct CSettings {
    width: c_int,
    height: c_int,
    is_gray: c_int,
    is_sequence: c_int,
    quantizer: c_int,
    speed: c_int,
}

/// `encoder.c` declares the same struct.
#[repr(C)]
struct CPacket {
    bytes: *mut u8,
    length: usize,
    is_key_frame: c_int,
}

unsafe extern "C" {
    fn aom_sys_open(settings: *const CSettings, message: *mut *const c_char) -> *mut c_void;
    fn aom_sys_encode(
        encoder: *mut c_void,
        planes: *const [*const u8; 3],
        packet: *mut CPacket,
    ) -> *const c_char;
    fn aom_sys_free(packet: *mut CPacket);
    fn aom_sys_close(encoder: *mut c_void);
}

/// An encoder, which works on the calling thread.
#[derive(Debug)]
pub struct Encoder {
    encoder: NonNull<c_void>,
    /// The number of samples of luma, and of each kind of chroma.
    samples: [u64; 2],
    is_gray: bool,
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: aom_sys_open created the encoder, and it is closed once.
        unsafe { aom_sys_close(self.encoder.as_ptr()) }
    }
}

impl Encoder {
    /// Creates an encoder, or returns an error message.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        let Settings { width, height, is_gray, content, quantizer, speed } = *settings;
        let side = |pixels: u32| c_int::try_from(pixels).map_err(|_| "the picture is too large".to_owned());
        let input = CSettings {
            width: side(width)?,
            height: side(height)?,
            is_gray: is_gray.into(),
            is_sequence: (content == Content::Sequence).into(),
            quantizer: quantizer.into(),
            speed: speed.into(),
        };
        let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
        let samples = [area(width, height), area(width.div_ceil(2), height.div_ceil(2))];
        let mut message = ptr::null();
        // SAFETY: C copies the settings. It returns an encoder, or null and a constant message.
        let encoder = unsafe { aom_sys_open(&raw const input, &raw mut message) };
        // SAFETY: As above.
        let encoder = NonNull::new(encoder).ok_or_else(|| unsafe { describe(message) })?;
        Ok(Self { encoder, samples, is_gray })
    }

    /// Returns the stream of a picture, or an error message.
    pub fn encode(&mut self, picture: &Picture<'_>) -> Result<Packet, String> {
        let Picture { luma, chroma } = *picture;
        let [cb, cr] = chroma.map_or([ptr::null(); 2], |planes| planes.map(<[u8]>::as_ptr));
        let [luma_samples, chroma_samples] = self.samples;
        if luma.len() as u64 != luma_samples
            || chroma.is_none() != self.is_gray
            || chroma.is_some_and(|planes| planes.iter().any(|plane| plane.len() as u64 != chroma_samples))
        {
            return Err("the number of samples does not match the size".to_owned());
        }
        let planes = [luma.as_ptr(), cb, cr];
        let mut packet = CPacket { bytes: ptr::null_mut(), length: 0, is_key_frame: 0 };
        // SAFETY: The planes have the sizes that C computes from the settings, and C only reads them. It does not read
        // the chroma of a gray picture. C stores null or a buffer of `length` bytes, which is copied and freed here.
        // The message is null or a constant.
        unsafe {
            let message = aom_sys_encode(self.encoder.as_ptr(), &raw const planes, &raw mut packet);
            let bytes = (!packet.bytes.is_null())
                .then(|| std::slice::from_raw_parts(packet.bytes, packet.length).to_vec());
            aom_sys_free(&raw mut packet);
            if !message.is_null() {
                return Err(describe(message));
            }
            let bytes = bytes.ok_or_else(|| "libaom returned no picture".to_owned())?;
            Ok(Packet { bytes, is_key_frame: packet.is_key_frame != 0 })
        }
    }
}

/// Returns a message of libaom as an error.
///
/// # Safety
///
/// `message` is a string with a terminating zero.
unsafe fn describe(message: *const c_char) -> String {
    // SAFETY: The caller guarantees it.
    format!("libaom: {}", unsafe { CStr::from_ptr(message) }.to_string_lossy())
}
