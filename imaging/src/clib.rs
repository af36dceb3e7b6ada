//! Wraps the C libraries libjpeg-turbo and libwebp. All `unsafe` code of the crate is in this file.
//!
//! Both decoders are faster than those in Rust, scale while they decode, and read real files as other programs do. The
//! wrapper is sound for three reasons. Rust allocates every buffer for pixels, with the size that it passes to C.
//! `Drop` frees every handle once. After a call, Rust reads only numbers, and copies the message or the file that C
//! allocated. Sizes are checked against the limits before the libraries receive the bytes.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_int};
use std::ptr;

use libjpeg_turbo_sys as tj;
use libwebp_sys as webp;

use crate::pixels::Layout;

struct TurboJpeg(tj::tjhandle);

impl TurboJpeg {
    fn new(kind: c_int) -> Result<Self, String> {
        // SAFETY: The function takes an integer and returns a handle or null.
        let handle = unsafe { tj::tj3Init(kind) };
        if handle.is_null() { Err("libjpeg-turbo cannot be initialized".into()) } else { Ok(Self(handle)) }
    }

    fn set(&mut self, parameter: c_int, value: c_int) {
        // SAFETY: The handle is live. The library rejects values that are out of range, and all values here are in
        // range.
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
}

impl Drop for TurboJpeg {
    fn drop(&mut self) {
        // SAFETY: tj3Init created the handle, and it is destroyed once.
        unsafe { tj::tj3Destroy(self.0) }
    }
}

/// A JPEG decoded at `1 / denominator` of its size.
pub(crate) struct DecodedJpeg {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<u8>,
    /// The warning of the decoder about data that it replaced or skipped.
    pub(crate) warning: Option<String>,
}

/// Decodes to gray, RGB, or CMYK, at 1/1, 1/2, 1/4, or 1/8 of the size. Fails after `max_scans` scans. Samples of
/// `precision` bits become samples of 8 bits.
pub(crate) fn decode_jpeg(
    original: &[u8],
    layout: Layout,
    precision: u8,
    denominator: u32,
    max_scans: u32,
    max_memory: u64,
) -> Result<DecodedJpeg, String> {
    let mut jpeg = TurboJpeg::new(tj::TJINIT_DECOMPRESS)?;
    jpeg.set(tj::TJPARAM_SCANLIMIT, max_scans as c_int);
    // The library need not keep the color profile, which another function reads.
    jpeg.set(tj::TJPARAM_SAVEMARKERS, 0);
    jpeg.set(tj::TJPARAM_MAXMEMORY, (max_memory >> 20).clamp(1, 1 << 20) as c_int);
    // SAFETY: Pointer and length belong to one slice.
    let status = unsafe { tj::tj3DecompressHeader(jpeg.0, original.as_ptr(), original.len()) };
    if status != 0 {
        let (message, is_warning) = jpeg.last_error();
        if !is_warning {
            return Err(message);
        }
    }
    let denominator = denominator.max(1);
    let factor = tj::tjscalingfactor { num: 1, denom: denominator as c_int };
    // SAFETY: The handle is live, and the factor is plain data.
    if unsafe { tj::tj3SetScalingFactor(jpeg.0, factor) } != 0 {
        return Err(jpeg.last_error().0);
    }
    let side = |parameter: c_int| u32::try_from(parameter).unwrap_or(0).div_ceil(denominator);
    let width = side(jpeg.get(tj::TJPARAM_JPEGWIDTH));
    let height = side(jpeg.get(tj::TJPARAM_JPEGHEIGHT));
    let (format, channels) = match layout {
        Layout::Gray => (tj::TJPF_GRAY, 1),
        Layout::Cmyk => (tj::TJPF_CMYK, 4),
        Layout::GrayAlpha | Layout::Rgb | Layout::Rgba => (tj::TJPF_RGB, 3),
    };
    let samples = u64::from(width) * u64::from(height) * channels;
    let bytes = if precision > 8 { 3 * samples } else { samples };
    if bytes == 0 || bytes > max_memory {
        return Err(format!("{width} x {height} pixels do not fit in memory"));
    }
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
    let mut warning = None;
    if status != 0 {
        let (message, is_warning) = jpeg.last_error();
        if !is_warning {
            return Err(message);
        }
        // The decoder assumes YCbCr, as other decoders do, and reads the whole picture.
        warning = Some(message).filter(|message| !message.starts_with("Unknown Adobe color transform"));
    }
    Ok(DecodedJpeg { width, height, pixels, warning })
}

/// Encodes gray or RGB pixels with optimized Huffman tables. `whole_chroma` stores one chroma sample for each pixel
/// instead of one for four pixels.
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

/// The fields of the header of a WebP stream.
pub(crate) struct WebpFeatures {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
    pub(crate) is_lossless: bool,
}

/// Reads the header of a WebP stream. Returns `None` if it is invalid.
pub(crate) fn webp_features(stream: &[u8]) -> Option<WebpFeatures> {
    let mut config = webp::WebPDecoderConfig::new().ok()?;
    // SAFETY: Pointer and length belong to one slice; C fills the features, which are integers.
    let status = unsafe { webp::WebPGetFeatures(stream.as_ptr(), stream.len(), &raw mut config.input) };
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

/// Decodes a still WebP stream to RGB or RGBA of `width` x `height`, scaling if the size differs.
/// `unfiltered` skips the deblocking filter.
pub(crate) fn decode_webp(
    stream: &[u8],
    width: u32,
    height: u32,
    alpha: bool,
    unfiltered: bool,
) -> Result<Vec<u8>, String> {
    let channels = if alpha { 4 } else { 3 };
    let mut config = webp_decoder_config(stream, width, height, unfiltered)?;
    let stride = to_c_int(u64::from(width) * channels)?;
    let mut pixels = vec![0; stride as usize * height as usize];
    config.output.colorspace =
        if alpha { webp::WEBP_CSP_MODE::MODE_RGBA } else { webp::WEBP_CSP_MODE::MODE_RGB };
    config.output.u.RGBA = webp::WebPRGBABuffer { rgba: pixels.as_mut_ptr(), stride, size: pixels.len() };
    // SAFETY: The output is our buffer with its true stride and size, which the library checks before it
    // writes. The config is initialized. External memory need not be freed by C.
    webp_status(unsafe { webp::WebPDecode(stream.as_ptr(), stream.len(), &raw mut config) })?;
    Ok(pixels)
}

/// Decodes a still, opaque WebP stream like [`decode_webp`], to a luma plane of `width` x `height` and two
/// chroma planes of half the sides, rounded up.
pub(crate) fn decode_webp_planes(
    stream: &[u8],
    width: u32,
    height: u32,
    unfiltered: bool,
) -> Result<[Vec<u8>; 3], String> {
    let mut config = webp_decoder_config(stream, width, height, unfiltered)?;
    let (y_stride, chroma_stride) = (to_c_int(u64::from(width))?, to_c_int(u64::from(width.div_ceil(2)))?);
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
    // SAFETY: As in `decode_webp`, with three buffers.
    webp_status(unsafe { webp::WebPDecode(stream.as_ptr(), stream.len(), &raw mut config) })?;
    Ok([y, u, v])
}

/// Returns the decoder configuration without the output buffer.
fn webp_decoder_config(
    stream: &[u8],
    width: u32,
    height: u32,
    unfiltered: bool,
) -> Result<webp::WebPDecoderConfig, String> {
    let features = webp_features(stream).ok_or("no WebP header")?;
    if width == 0 || height == 0 {
        return Err("the size is zero".into());
    }
    let mut config = webp::WebPDecoderConfig::new().map_err(|()| "libwebp cannot be initialized")?;
    if (width, height) != (features.width, features.height) {
        config.options.use_scaling = 1;
        config.options.scaled_width = to_c_int(u64::from(width))?;
        config.options.scaled_height = to_c_int(u64::from(height))?;
    }
    config.options.bypass_filtering = c_int::from(unfiltered);
    config.output.is_external_memory = 1;
    Ok(config)
}

fn to_c_int(bytes: u64) -> Result<c_int, String> {
    c_int::try_from(bytes).map_err(|_| "the size is too large".to_owned())
}

fn webp_status(status: webp::VP8StatusCode) -> Result<(), String> {
    use webp::VP8StatusCode as Status;
    Err(match status {
        Status::VP8_STATUS_OK => return Ok(()),
        // The limits already cover all memory. libwebp returns this status for an alpha channel that it
        // cannot start to decode.
        Status::VP8_STATUS_OUT_OF_MEMORY => "its alpha channel is invalid",
        Status::VP8_STATUS_BITSTREAM_ERROR => "its bitstream is invalid",
        Status::VP8_STATUS_NOT_ENOUGH_DATA | Status::VP8_STATUS_SUSPENDED => "its data ends early",
        Status::VP8_STATUS_UNSUPPORTED_FEATURE => "libwebp does not support this kind of picture",
        Status::VP8_STATUS_INVALID_PARAM | Status::VP8_STATUS_USER_ABORT => "its size is invalid",
    }
    .to_owned())
}

struct WebpPicture(webp::WebPPicture);

impl Drop for WebpPicture {
    fn drop(&mut self) {
        // SAFETY: WebPPictureInit initialized the picture, and it is freed once.
        unsafe { webp::WebPPictureFree(&raw mut self.0) }
    }
}

struct WebpWriter(webp::WebPMemoryWriter);

impl Drop for WebpWriter {
    fn drop(&mut self) {
        // SAFETY: WebPMemoryWriterInit initialized the writer, and it is cleared once.
        unsafe { webp::WebPMemoryWriterClear(&raw mut self.0) }
    }
}

/// The encoding of a WebP.
#[derive(Clone, Copy)]
pub(crate) enum WebpQuality {
    /// Lossless.
    Lossless,
    /// Lossy, with the qualities of colors and alpha, 0 to 100. `sharp` converts the chroma of edges more
    /// precisely.
    Lossy { colors: u8, alpha: u8, sharp: bool },
}

fn webp_encoder_config(quality: WebpQuality) -> Result<webp::WebPConfig, String> {
    let mut config = webp::WebPConfig::new().map_err(|()| "libwebp cannot be initialized")?;
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
        return Err("the number of pixels does not match the size".into());
    }
    let config = webp_encoder_config(quality)?;
    let mut picture = WebpPicture(webp::WebPPicture::new().map_err(|()| "libwebp cannot be initialized")?);
    picture.0.use_argb = c_int::from(matches!(quality, WebpQuality::Lossless) || config.use_sharp_yuv != 0);
    picture.0.width = width as c_int;
    picture.0.height = height as c_int;
    let mut writer =
        WebpWriter(webp::WebPMemoryWriter { mem: ptr::null_mut(), size: 0, max_size: 0, pad: [0] });
    let stride = (u64::from(width) * channels) as c_int;
    // SAFETY: The number of pixels was checked against the size above. The writer outlives the call that
    // fills it.
    unsafe {
        webp::WebPMemoryWriterInit(&raw mut writer.0);
        picture.0.writer = Some(webp::WebPMemoryWrite);
        picture.0.custom_ptr = ptr::from_mut(&mut writer.0).cast();
        let import = if alpha { webp::WebPPictureImportRGBA } else { webp::WebPPictureImportRGB };
        let imported = import(&raw mut picture.0, pixels.as_ptr(), stride);
        if imported == 0
            || webp::WebPEncode(&raw const config, &raw mut picture.0) == 0
            || writer.0.mem.is_null()
        {
            return Err(format!("libwebp: {:?}", picture.0.error_code));
        }
        Ok(std::slice::from_raw_parts(writer.0.mem, writer.0.size).to_vec())
    }
}

/// The flag of a WebP with transparent pixels.
const ALPHA_FLAG: u8 = 0x10;

/// An encoder for an animated WebP.
pub(crate) struct WebpAnimation {
    encoder: *mut webp::WebPAnimEncoder,
    config: webp::WebPConfig,
    size: (u32, u32),
    has_alpha: bool,
}

impl Drop for WebpAnimation {
    fn drop(&mut self) {
        // SAFETY: WebPAnimEncoderNewInternal created the encoder, and it is deleted once.
        unsafe { webp::WebPAnimEncoderDelete(self.encoder) }
    }
}

impl WebpAnimation {
    /// Begins an animation that plays `plays` times, or forever if 0. The encoder stores a frame losslessly if the
    /// result is smaller.
    pub(crate) fn new(size: (u32, u32), plays: u32, quality: WebpQuality) -> Result<Self, String> {
        let config = webp_encoder_config(quality)?;
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
        // SAFETY: The options are integers that C fills and copies.
        let encoder = unsafe {
            if webp::WebPAnimEncoderOptionsInitInternal(&raw mut options, version) == 0 {
                return Err("libwebp cannot be initialized".into());
            }
            // Only the first frame is encoded twice.
            (options.anim_params, options.kmin, options.kmax, options.allow_mixed) = (params, 0, 0, 1);
            webp::WebPAnimEncoderNewInternal(size.0 as c_int, size.1 as c_int, &raw const options, version)
        };
        if encoder.is_null() {
            return Err("libwebp cannot start an animation".into());
        }
        Ok(Self { encoder, config, size, has_alpha: false })
    }

    /// Adds a frame of RGB or RGBA pixels that is shown from `at` milliseconds on.
    pub(crate) fn add(&mut self, pixels: &[u8], alpha: bool, at: u32) -> Result<(), String> {
        let (width, height) = self.size;
        let channels = if alpha { 4 } else { 3 };
        if pixels.len() as u64 != u64::from(width) * u64::from(height) * channels {
            return Err("the number of pixels does not match the size".into());
        }
        self.has_alpha |= alpha;
        let mut picture =
            WebpPicture(webp::WebPPicture::new().map_err(|()| "libwebp cannot be initialized")?);
        picture.0.use_argb = 1;
        picture.0.width = width as c_int;
        picture.0.height = height as c_int;
        let stride = (u64::from(width) * channels) as c_int;
        // SAFETY: The number of pixels was checked against the size above. The encoder is live and keeps no
        // pointer to the picture.
        let added = unsafe {
            let import = if alpha { webp::WebPPictureImportRGBA } else { webp::WebPPictureImportRGB };
            import(&raw mut picture.0, pixels.as_ptr(), stride) != 0
                && webp::WebPAnimEncoderAdd(
                    self.encoder,
                    &raw mut picture.0,
                    at as c_int,
                    &raw const self.config,
                ) != 0
        };
        if added { Ok(()) } else { Err(format!("libwebp: {:?}", picture.0.error_code)) }
    }

    /// Returns the file. Its last frame is shown until `end` milliseconds.
    pub(crate) fn finish(self, end: u32) -> Result<Vec<u8>, String> {
        let mut data = webp::WebPData { bytes: ptr::null(), size: 0 };
        // SAFETY: The encoder is live. It allocates the data, which is copied and freed here.
        unsafe {
            let assembled =
                webp::WebPAnimEncoderAdd(self.encoder, ptr::null_mut(), end as c_int, ptr::null()) != 0
                    && webp::WebPAnimEncoderAssemble(self.encoder, &raw mut data) != 0;
            let file = (assembled && !data.bytes.is_null())
                .then(|| std::slice::from_raw_parts(data.bytes, data.size).to_vec());
            webp::WebPDataClear(&mut data);
            let mut file = file.ok_or("libwebp cannot write the animation")?;
            // libwebp sets the flag for frames with alpha, but not for the area that a frame leaves
            // transparent.
            if let Some([b'V', b'P', b'8', b'X', _, _, _, _, flags]) = file.get_mut(12..21) {
                *flags |= if self.has_alpha { ALPHA_FLAG } else { 0 };
            }
            Ok(file)
        }
    }
}
