//! Decodes and encodes WebP with libwebp.

use std::ffi::c_int;
use std::ptr;

use libwebp_sys as webp;

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
    /// Begins an animation that plays `plays` times, or forever if 0. The encoder stores a frame losslessly
    /// if that is smaller.
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
