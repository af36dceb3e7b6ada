// Encodes a still picture with libaom. The structs of its interface are large, and only their header knows their layout.

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aom/aom_encoder.h"
#include "aom/aomcx.h"

// The same struct is in `lib.rs`.
typedef struct {
  const uint8_t *planes[3];
  int width;
  int height;
  int is_gray;
  int quantizer;
  int speed;
} Still;

static aom_codec_err_t configure(aom_codec_ctx_t *encoder, const Still *still) {
  const int controls[][2] = {
    { AOME_SET_CPUUSED, still->speed },
    { AOME_SET_CQ_LEVEL, still->quantizer },
    { AOME_SET_TUNING, AOM_TUNE_SSIMULACRA2 },
    { AV1E_SET_COLOR_PRIMARIES, AOM_CICP_CP_BT_709 },
    { AV1E_SET_TRANSFER_CHARACTERISTICS, AOM_CICP_TC_SRGB },
    { AV1E_SET_MATRIX_COEFFICIENTS, AOM_CICP_MC_BT_601 },
    { AV1E_SET_COLOR_RANGE, AOM_CR_FULL_RANGE },
  };
  for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
    aom_codec_err_t error = aom_codec_control(encoder, controls[i][0], controls[i][1]);
    if (error != AOM_CODEC_OK) return error;
  }
  return AOM_CODEC_OK;
}

// Copies the stream to `*stream`, which the caller frees, if the encoder has completed it.
static aom_codec_err_t take(aom_codec_ctx_t *encoder, uint8_t **stream, size_t *length) {
  aom_codec_iter_t position = NULL;
  const aom_codec_cx_pkt_t *packet;
  while ((packet = aom_codec_get_cx_data(encoder, &position)) != NULL) {
    if (packet->kind != AOM_CODEC_CX_FRAME_PKT) continue;
    *stream = malloc(packet->data.frame.sz);
    if (*stream == NULL) return AOM_CODEC_MEM_ERROR;
    memcpy(*stream, packet->data.frame.buf, packet->data.frame.sz);
    *length = packet->data.frame.sz;
    break;
  }
  return AOM_CODEC_OK;
}

static aom_codec_err_t encode(aom_codec_ctx_t *encoder, const Still *still, uint8_t **stream, size_t *length) {
  aom_image_t image;
  memset(&image, 0, sizeof(image));
  image.fmt = AOM_IMG_FMT_I420;
  image.range = AOM_CR_FULL_RANGE;
  image.monochrome = still->is_gray;
  image.bit_depth = 8;
  image.bps = 12;
  image.w = image.d_w = still->width;
  image.h = image.d_h = still->height;
  image.x_chroma_shift = image.y_chroma_shift = 1;
  for (int plane = 0; plane < 3; plane++) {
    image.planes[plane] = (uint8_t *)still->planes[plane];
    image.stride[plane] = plane == 0 ? still->width : (still->width + 1) / 2;
  }
  aom_codec_err_t error = aom_codec_encode(encoder, &image, 0, 1, 0);
  if (error == AOM_CODEC_OK) error = take(encoder, stream, length);
  if (error != AOM_CODEC_OK || *stream != NULL) return error;
  // Without a picture, the call completes what the encoder still holds.
  error = aom_codec_encode(encoder, NULL, 0, 1, 0);
  return error == AOM_CODEC_OK ? take(encoder, stream, length) : error;
}

// Stores the stream, which `aom_sys_free` frees. Returns NULL or a constant message.
const char *aom_sys_encode_still(const Still *still, uint8_t **stream, size_t *length) {
  *stream = NULL;
  *length = 0;
  aom_codec_iface_t *interface = aom_codec_av1_cx();
  aom_codec_enc_cfg_t config;
  aom_codec_err_t error = aom_codec_enc_config_default(interface, &config, AOM_USAGE_ALL_INTRA);
  if (error != AOM_CODEC_OK) return aom_codec_err_to_string(error);
  config.g_w = still->width;
  config.g_h = still->height;
  config.g_threads = 1;
  config.g_limit = 1;
  config.g_lag_in_frames = 0;
  config.monochrome = still->is_gray;
  config.rc_end_usage = AOM_Q;
  aom_codec_ctx_t encoder;
  error = aom_codec_enc_init(&encoder, interface, &config, 0);
  if (error != AOM_CODEC_OK) return aom_codec_err_to_string(error);
  error = configure(&encoder, still);
  if (error == AOM_CODEC_OK) error = encode(&encoder, still, stream, length);
  aom_codec_destroy(&encoder);
  return error == AOM_CODEC_OK ? NULL : aom_codec_err_to_string(error);
}

void aom_sys_free(uint8_t *stream) { free(stream); }
