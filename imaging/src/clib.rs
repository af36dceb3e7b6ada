//! The two C libraries: libjpeg-turbo and libwebp. All `unsafe` of the crate is in this file.
//!
//! Why C at all: both decoders are faster than what there is in Rust, scale while they decode, and read
//! every file in the wild as the rest of the world reads it. What keeps it sound: every buffer that C
//! writes to is made here, of the size that C is told; a handle lives in one function and is freed by
//! `Drop`; nothing is read from C after its call but plain numbers and one string that is copied. Both
//! libraries are compiled from the sources in their crates, with the sizes checked against the limits
//! before they see the bytes.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::ptr;

use libjpeg_turbo_sys as tj;
use libwebp_sys as webp;

use crate::pixels::Layout;

struct Jpeg(tj::tjhandle);

impl Jpeg {
    fn new(kind: c_int) -> Result<Self, String> {
        // SAFETY: takes a plain number, returns a handle or null.
        let handle = unsafe { tj::tj3Init(kind) };
        if handle.is_null() { Err("libjpeg-turbo did not start".into()) } else { Ok(Self(handle)) }
    }

    fn set(&mut self, parameter: c_int, value: c_int) {
        // SAFETY: the handle is live. A value out of range is refused by the library, and none here is.
        let status = unsafe { tj::tj3Set(self.0, parameter, value) };
        debug_assert_eq!(status, 0);
    }

    fn get(&mut self, parameter: c_int) -> c_int {
        // SAFETY: the handle is live.
        unsafe { tj::tj3Get(self.0, parameter) }
    }

    /// The message of the last call, and whether it only warned and the pixels are there.
    fn error(&mut self) -> (String, bool) {
        // SAFETY: the handle is live; the string is the handle's own, zero-terminated, and copied at once.
        unsafe {
            let message = CStr::from_ptr(tj::tj3GetErrorStr(self.0)).to_string_lossy().into_owned();
            (message, tj::tj3GetErrorCode(self.0) == tj::TJERR_WARNING)
        }
    }
}

impl Drop for Jpeg {
    fn drop(&mut self) {
        // SAFETY: made by tj3Init, destroyed once.
        unsafe { tj::tj3Destroy(self.0) }
    }
}

/// A decoded JPEG, at `1 / denominator` of its size.
pub(crate) struct DecodedJpeg {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
    /// The decoder's complaint about data that it filled up or skipped.
    pub(crate) warning: Option<String>,
}

/// Decodes as gray, RGB or CMYK, at a half, a quarter or an eighth of the size or in full. Gives up after `max_scans`.
pub(crate) fn decode_jpeg(
    original: &[u8],
    layout: Layout,
    denominator: u32,
    max_scans: u32,
    max_memory: u64,
) -> Result<DecodedJpeg, String> {
    let mut jpeg = Jpeg::new(tj::TJINIT_DECOMPRESS)?;
    jpeg.set(tj::TJPARAM_SCANLIMIT, max_scans as c_int);
    // The profile is read elsewhere.
    jpeg.set(tj::TJPARAM_SAVEMARKERS, 0);
    jpeg.set(tj::TJPARAM_MAXMEMORY, (max_memory >> 20).clamp(1, 1 << 20) as c_int);
    // SAFETY: pointer and length are of one slice.
    let status = unsafe { tj::tj3DecompressHeader(jpeg.0, original.as_ptr(), original.len()) };
    if status != 0 {
        let (message, only_warned) = jpeg.error();
        if !only_warned {
            return Err(message);
        }
    }
    let denominator = denominator.max(1);
    let factor = tj::tjscalingfactor { num: 1, denom: denominator as c_int };
    // SAFETY: the handle is live and the factor is plain data.
    if unsafe { tj::tj3SetScalingFactor(jpeg.0, factor) } != 0 {
        return Err(jpeg.error().0);
    }
    let side = |parameter: c_int| u32::try_from(parameter).unwrap_or(0).div_ceil(denominator);
    let width = side(jpeg.get(tj::TJPARAM_JPEGWIDTH));
    let height = side(jpeg.get(tj::TJPARAM_JPEGHEIGHT));
    let format = match layout {
        Layout::Gray => tj::TJPF_GRAY,
        Layout::Cmyk => tj::TJPF_CMYK,
        Layout::GrayAlpha | Layout::Rgb | Layout::Rgba => tj::TJPF_RGB,
    };
    let channels = match layout {
        Layout::Gray => 1,
        Layout::Cmyk => 4,
        Layout::GrayAlpha | Layout::Rgb | Layout::Rgba => 3,
    };
    let bytes = u64::from(width) * u64::from(height) * channels;
    if bytes == 0 || bytes > max_memory {
        return Err(format!("{width} x {height} pixels do not fit"));
    }
    let mut pixels = vec![0; bytes as usize];
    // SAFETY: the buffer holds `height` rows of `width` pixels of the format (pitch 0 means: no padding),
    // by the same numbers that the library computes its output size from.
    let status = unsafe {
        tj::tj3Decompress8(jpeg.0, original.as_ptr(), original.len(), pixels.as_mut_ptr(), 0, format)
    };
    let mut warning = None;
    if status != 0 {
        let (message, only_warned) = jpeg.error();
        if !only_warned {
            return Err(message);
        }
        warning = Some(message);
    }
    Ok(DecodedJpeg { width, height, pixels, warning })
}

/// Encodes gray or RGB pixels with Huffman tables made for this image; `whole_chroma`, with a chroma sample for each pixel
/// instead of four.
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
        return Err("the pixels do not match their size".into());
    }
    let mut jpeg = Jpeg::new(tj::TJINIT_COMPRESS)?;
    jpeg.set(tj::TJPARAM_SUBSAMP, chroma);
    jpeg.set(tj::TJPARAM_QUALITY, c_int::from(quality.clamp(1, 100)));
    jpeg.set(tj::TJPARAM_OPTIMIZE, 1);
    jpeg.set(tj::TJPARAM_PROGRESSIVE, c_int::from(progressive));
    let mut buffer = ptr::null_mut();
    let mut length = 0;
    // SAFETY: the pixels were held against the size above; the library allocates the buffer, which is
    // copied and freed here whatever the status is.
    unsafe {
        let status = tj::tj3Compress8(
            jpeg.0,
            pixels.as_ptr(),
            width as c_int,
            0,
            height as c_int,
            format,
            &mut buffer,
            &mut length,
        );
        let encoded =
            (status == 0 && !buffer.is_null()).then(|| std::slice::from_raw_parts(buffer, length).to_vec());
        tj::tj3Free(buffer.cast());
        encoded.ok_or_else(|| jpeg.error().0)
    }
}

/// What the header of a WebP stream says.
pub(crate) struct WebpFeatures {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
    pub(crate) is_lossless: bool,
}

/// Reads the header of a WebP stream.
pub(crate) fn webp_features(stream: &[u8]) -> Option<WebpFeatures> {
    let mut config = webp::WebPDecoderConfig::new().ok()?;
    // SAFETY: pointer and length are of one slice; the features are plain numbers that C fills.
    let status = unsafe { webp::WebPGetFeatures(stream.as_ptr(), stream.len(), &mut config.input) };
    if status != webp::VP8StatusCode::VP8_STATUS_OK {
        return None;
    }
    let features = config.input;
    Some(WebpFeatures {
        width: u32::try_from(features.width).ok()?,
        height: u32::try_from(features.height).ok()?,
        has_alpha: features.has_alpha != 0,
        is_lossless: features.format == 2,
    })
}

/// Decodes a still WebP stream to RGB or RGBA of `width` x `height`, scaled on the way if that is smaller;
/// `unfiltered`, without smoothing the edges of its blocks.
pub(crate) fn decode_webp(
    stream: &[u8],
    width: u32,
    height: u32,
    alpha: bool,
    unfiltered: bool,
) -> Result<Vec<u8>, String> {
    let channels = if alpha { 4 } else { 3 };
    let mut config = webp_scaled(stream, width, height, unfiltered)?;
    let stride = stride(u64::from(width) * channels)?;
    let mut pixels = vec![0; stride as usize * height as usize];
    config.output.colorspace =
        if alpha { webp::WEBP_CSP_MODE::MODE_RGBA } else { webp::WEBP_CSP_MODE::MODE_RGB };
    config.output.u.RGBA = webp::WebPRGBABuffer { rgba: pixels.as_mut_ptr(), stride, size: pixels.len() };
    // SAFETY: the output is our buffer with its true stride and size, which the library checks before it
    // writes; the config is initialised. With external memory there is nothing to free.
    webp_status(unsafe { webp::WebPDecode(stream.as_ptr(), stream.len(), &mut config) })?;
    Ok(pixels)
}

/// Decodes a still, opaque WebP stream to a luma plane of `width` x `height` and two chroma planes of half
/// the sides, rounded up, as [`decode_webp`] does.
pub(crate) fn decode_webp_planes(
    stream: &[u8],
    width: u32,
    height: u32,
    unfiltered: bool,
) -> Result<[Vec<u8>; 3], String> {
    let mut config = webp_scaled(stream, width, height, unfiltered)?;
    let (y_stride, chroma_stride) = (stride(u64::from(width))?, stride(u64::from(width.div_ceil(2)))?);
    let plane = |stride: c_int, height: u32| vec![0; stride as usize * height as usize];
    let chroma = || plane(chroma_stride, height.div_ceil(2));
    let (mut y, mut u, mut v) = (plane(y_stride, height), chroma(), chroma());
    config.output.colorspace = webp::WEBP_CSP_MODE::MODE_YUV;
    config.output.u.YUVA = webp::WebPYUVABuffer {
        y: y.as_mut_ptr(),
        u: u.as_mut_ptr(),
        v: v.as_mut_ptr(),
        a: ptr::null_mut(),
        y_stride,
        u_stride: chroma_stride,
        v_stride: chroma_stride,
        a_stride: 0,
        y_size: y.len(),
        u_size: u.len(),
        v_size: v.len(),
        a_size: 0,
    };
    // SAFETY: as above, with three buffers.
    webp_status(unsafe { webp::WebPDecode(stream.as_ptr(), stream.len(), &mut config) })?;
    Ok([y, u, v])
}

/// What to tell libwebp, but for the buffer to write to.
fn webp_scaled(
    stream: &[u8],
    width: u32,
    height: u32,
    unfiltered: bool,
) -> Result<webp::WebPDecoderConfig, String> {
    let features = webp_features(stream).ok_or("no WebP header")?;
    if width == 0 || height == 0 {
        return Err("the size is zero".into());
    }
    let mut config = webp::WebPDecoderConfig::new().map_err(|()| "libwebp did not start")?;
    if (width, height) != (features.width, features.height) {
        config.options.use_scaling = 1;
        config.options.scaled_width = stride(u64::from(width))?;
        config.options.scaled_height = stride(u64::from(height))?;
    }
    config.options.bypass_filtering = c_int::from(unfiltered);
    config.output.is_external_memory = 1;
    Ok(config)
}

fn stride(bytes: u64) -> Result<c_int, String> {
    c_int::try_from(bytes).map_err(|_| "the size does not fit".to_owned())
}

fn webp_status(status: webp::VP8StatusCode) -> Result<(), String> {
    use webp::VP8StatusCode as Status;
    Err(match status {
        Status::VP8_STATUS_OK => return Ok(()),
        // Memory was asked for within the limits. What libwebp calls so is an alpha channel that it cannot begin.
        Status::VP8_STATUS_OUT_OF_MEMORY => "its alpha channel breaks the rules",
        Status::VP8_STATUS_BITSTREAM_ERROR => "its picture breaks the rules",
        Status::VP8_STATUS_NOT_ENOUGH_DATA | Status::VP8_STATUS_SUSPENDED => "its data ends early",
        Status::VP8_STATUS_UNSUPPORTED_FEATURE => "its picture is of a kind that libwebp does not read",
        Status::VP8_STATUS_INVALID_PARAM | Status::VP8_STATUS_USER_ABORT => "its size does not fit",
    }
    .to_owned())
}

struct Picture(webp::WebPPicture);

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: initialised by WebPPictureInit, freed once.
        unsafe { webp::WebPPictureFree(&mut self.0) }
    }
}

struct Writer(webp::WebPMemoryWriter);

impl Drop for Writer {
    fn drop(&mut self) {
        // SAFETY: initialised by WebPMemoryWriterInit, cleared once.
        unsafe { webp::WebPMemoryWriterClear(&mut self.0) }
    }
}

/// How a WebP is encoded.
#[derive(Clone, Copy)]
pub(crate) enum WebpQuality {
    /// As it is.
    Lossless,
    /// With a quality for the colors and one for the alpha, 0 to 100; `sharp`, with more work for the colors of edges.
    Lossy { colors: u8, alpha: u8, sharp: bool },
}

fn webp_config(quality: WebpQuality) -> Result<webp::WebPConfig, String> {
    let mut config = webp::WebPConfig::new().map_err(|()| "libwebp did not start")?;
    config.method = 4;
    match quality {
        WebpQuality::Lossless => config.lossless = 1,
        WebpQuality::Lossy { colors, alpha, sharp } => {
            config.quality = f32::from(colors.clamp(1, 100));
            config.alpha_quality = c_int::from(alpha.min(100));
            config.use_sharp_yuv = c_int::from(sharp);
        }
    }
    Ok(config)
}

/// Encodes RGB or RGBA pixels as WebP.
pub(crate) fn encode_webp(
    pixels: &[u8],
    width: u32,
    height: u32,
    alpha: bool,
    quality: WebpQuality,
) -> Result<Vec<u8>, String> {
    let channels = if alpha { 4 } else { 3 };
    if pixels.len() as u64 != u64::from(width) * u64::from(height) * channels
        || width > 16_383
        || height > 16_383
    {
        return Err("the pixels do not match their size".into());
    }
    let config = webp_config(quality)?;
    let mut picture = Picture(webp::WebPPicture::new().map_err(|()| "libwebp did not start")?);
    picture.0.use_argb = c_int::from(matches!(quality, WebpQuality::Lossless) || config.use_sharp_yuv != 0);
    picture.0.width = width as c_int;
    picture.0.height = height as c_int;
    let mut writer = Writer(webp::WebPMemoryWriter { mem: ptr::null_mut(), size: 0, max_size: 0, pad: [0] });
    let stride = (u64::from(width) * channels) as c_int;
    // SAFETY: the pixels were held against the size above; the writer outlives the call that fills it.
    unsafe {
        webp::WebPMemoryWriterInit(&mut writer.0);
        picture.0.writer = Some(webp::WebPMemoryWrite);
        picture.0.custom_ptr = ptr::from_mut(&mut writer.0).cast();
        let import = if alpha { webp::WebPPictureImportRGBA } else { webp::WebPPictureImportRGB };
        let imported = import(&mut picture.0, pixels.as_ptr(), stride);
        if imported == 0 || webp::WebPEncode(&config, &mut picture.0) == 0 || writer.0.mem.is_null() {
            return Err(format!("libwebp: {:?}", picture.0.error_code));
        }
        Ok(std::slice::from_raw_parts(writer.0.mem, writer.0.size).to_vec())
    }
}

/// The flag of a WebP with transparent pixels.
const ALPHA_FLAG: u8 = 0x10;

/// An animated WebP that is being written, frame by frame.
pub(crate) struct WebpAnimation {
    encoder: *mut webp::WebPAnimEncoder,
    config: webp::WebPConfig,
    size: (u32, u32),
    has_alpha: bool,
}

impl Drop for WebpAnimation {
    fn drop(&mut self) {
        // SAFETY: made by WebPAnimEncoderNewInternal, deleted once.
        unsafe { webp::WebPAnimEncoderDelete(self.encoder) }
    }
}

impl WebpAnimation {
    /// Begins an animation that plays `plays` times, or without end if 0. A frame of few colors is lossless if smaller.
    pub(crate) fn new(size: (u32, u32), plays: u32, quality: WebpQuality) -> Result<Self, String> {
        let config = webp_config(quality)?;
        if size.0.max(size.1) > 16_383 {
            return Err("the animation is too large".into());
        }
        let version = webp::WEBP_MUX_ABI_VERSION as c_int;
        let params = webp::WebPMuxAnimParams { bgcolor: 0, loop_count: plays.min(0xffff) as c_int };
        let mut options = webp::WebPAnimEncoderOptions {
            anim_params: params,
            minimize_size: 0,
            kmin: 0,
            kmax: 0,
            allow_mixed: 0,
            verbose: 0,
            padding: [0; 4],
        };
        // SAFETY: the options are plain numbers that C fills, and that it copies.
        let encoder = unsafe {
            if webp::WebPAnimEncoderOptionsInitInternal(&mut options, version) == 0 {
                return Err("libwebp did not start".into());
            }
            // No frame but the first is encoded twice.
            (options.anim_params, options.kmin, options.kmax, options.allow_mixed) = (params, 0, 0, 1);
            webp::WebPAnimEncoderNewInternal(size.0 as c_int, size.1 as c_int, &options, version)
        };
        if encoder.is_null() {
            return Err("libwebp cannot begin an animation".into());
        }
        Ok(Self { encoder, config, size, has_alpha: false })
    }

    /// Adds a frame of RGB or RGBA pixels that is shown from `at` on, in milliseconds.
    pub(crate) fn add(&mut self, pixels: &[u8], alpha: bool, at: u32) -> Result<(), String> {
        let (width, height) = self.size;
        let channels = if alpha { 4 } else { 3 };
        if pixels.len() as u64 != u64::from(width) * u64::from(height) * channels {
            return Err("the pixels do not match their size".into());
        }
        self.has_alpha |= alpha;
        let mut picture = Picture(webp::WebPPicture::new().map_err(|()| "libwebp did not start")?);
        picture.0.use_argb = 1;
        picture.0.width = width as c_int;
        picture.0.height = height as c_int;
        let stride = (u64::from(width) * channels) as c_int;
        // SAFETY: the size above matches the pixels; the encoder is live and keeps no pointer to the picture.
        let added = unsafe {
            let import = if alpha { webp::WebPPictureImportRGBA } else { webp::WebPPictureImportRGB };
            import(&mut picture.0, pixels.as_ptr(), stride) != 0
                && webp::WebPAnimEncoderAdd(self.encoder, &mut picture.0, at as c_int, &self.config) != 0
        };
        if added { Ok(()) } else { Err(format!("libwebp: {:?}", picture.0.error_code)) }
    }

    /// Returns the file, whose last frame is shown until `end`.
    pub(crate) fn finish(self, end: u32) -> Result<Vec<u8>, String> {
        let mut data = webp::WebPData { bytes: ptr::null(), size: 0 };
        // SAFETY: the encoder is live; it allocates the data, which are copied and freed here.
        unsafe {
            let assembled =
                webp::WebPAnimEncoderAdd(self.encoder, ptr::null_mut(), end as c_int, ptr::null()) != 0
                    && webp::WebPAnimEncoderAssemble(self.encoder, &mut data) != 0;
            let file = (assembled && !data.bytes.is_null())
                .then(|| std::slice::from_raw_parts(data.bytes, data.size).to_vec());
            webp::WebPDataClear(&mut data);
            let mut file = file.ok_or("libwebp cannot write the animation")?;
            // libwebp tells of alpha in a frame, but not of what a frame leaves transparent.
            if let Some([b'V', b'P', b'8', b'X', _, _, _, _, flags]) = file.get_mut(12..21) {
                *flags |= if self.has_alpha { ALPHA_FLAG } else { 0 };
            }
            Ok(file)
        }
    }
}
