// Encodes pictures with libaom. The structs of its interface are large, and only their header knows their layout.

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aom/aom_encoder.h"
#include "aom/aomcx.h"

// The same struct is in `lib.rs`.
typedef struct {
  int width;
  int height;
  int is_gray;
  int is_sequence;
  int quantizer;
  int speed;
} Settings;

// The same struct is in `lib.rs`.
typedef struct {
  uint8_t *bytes;
  size_t length;
  int is_key_frame;
} Packet;

typedef struct {
  aom_codec_ctx_t codec;
  Settings settings;
  aom_codec_pts_t pictures;
} Encoder;

static aom_codec_err_t configure(Encoder *encoder) {
  const Settings *settings = &encoder->settings;
  const int controls[][2] = {
    { AOME_SET_CPUUSED, settings->speed },
    { AOME_SET_CQ_LEVEL, settings->quantizer },
    { AV1E_SET_COLOR_PRIMARIES, AOM_CICP_CP_BT_709 },
    { AV1E_SET_TRANSFER_CHARACTERISTICS, AOM_CICP_TC_SRGB },
    { AV1E_SET_MATRIX_COEFFICIENTS, AOM_CICP_MC_BT_601 },
    { AV1E_SET_COLOR_RANGE, AOM_CR_FULL_RANGE },
    // Only for still pictures, according to its documentation.
    { AOME_SET_TUNING, settings->is_sequence ? AOM_TUNE_PSNR : AOM_TUNE_SSIMULACRA2 },
  };
  for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
    aom_codec_err_t error = aom_codec_control(&encoder->codec, controls[i][0], controls[i][1]);
    if (error != AOM_CODEC_OK) return error;
  }
  return AOM_CODEC_OK;
}

// Creates an encoder, which `aom_sys_close` frees. Returns NULL and stores a constant message if that fails.
Encoder *aom_sys_open(const Settings *settings, const char **message) {
  *message = "out of memory";
  Encoder *encoder = calloc(1, sizeof(*encoder));
  if (encoder == NULL) return NULL;
  encoder->settings = *settings;
  aom_codec_iface_t *interface = aom_codec_av1_cx();
  aom_codec_enc_cfg_t config;
  unsigned int usage = settings->is_sequence ? AOM_USAGE_REALTIME : AOM_USAGE_ALL_INTRA;
  aom_codec_err_t error = aom_codec_enc_config_default(interface, &config, usage);
  if (error == AOM_CODEC_OK) {
    config.g_w = settings->width;
    config.g_h = settings->height;
    config.g_threads = 1;
    config.g_limit = settings->is_sequence ? 0 : 1;
    // Every picture is complete before the next one.
    config.g_lag_in_frames = 0;
    config.monochrome = settings->is_gray;
    config.rc_end_usage = AOM_Q;
    error = aom_codec_enc_init(&encoder->codec, interface, &config, 0);
  }
  if (error == AOM_CODEC_OK) {
    error = configure(encoder);
    if (error == AOM_CODEC_OK) return encoder;
    aom_codec_destroy(&encoder->codec);
  }
  free(encoder);
  *message = aom_codec_err_to_string(error);
  return NULL;
}

// Copies the next picture that the encoder has completed, if there is one, to `*packet`.
static aom_codec_err_t take(Encoder *encoder, Packet *packet) {
  aom_codec_iter_t position = NULL;
  const aom_codec_cx_pkt_t *next;
  while ((next = aom_codec_get_cx_data(&encoder->codec, &position)) != NULL) {
    if (next->kind != AOM_CODEC_CX_FRAME_PKT) continue;
    packet->bytes = malloc(next->data.frame.sz);
    if (packet->bytes == NULL) return AOM_CODEC_MEM_ERROR;
    memcpy(packet->bytes, next->data.frame.buf, next->data.frame.sz);
    packet->length = next->data.frame.sz;
    packet->is_key_frame = (next->data.frame.flags & AOM_FRAME_IS_KEY) != 0;
    break;
  }
  return AOM_CODEC_OK;
}

// Encodes a picture and stores its stream, which `aom_sys_free` frees. Returns NULL or a constant message.
const char *aom_sys_encode(Encoder *encoder, const uint8_t *const planes[3], Packet *packet) {
  memset(packet, 0, sizeof(*packet));
  const Settings *settings = &encoder->settings;
  aom_image_t image;
  memset(&image, 0, sizeof(image));
  image.fmt = AOM_IMG_FMT_I420;
  image.range = AOM_CR_FULL_RANGE;
  image.monochrome = settings->is_gray;
  image.bit_depth = 8;
  image.bps = 12;
  image.w = image.d_w = settings->width;
  image.h = image.d_h = settings->height;
  image.x_chroma_shift = image.y_chroma_shift = 1;
  for (int plane = 0; plane < 3; plane++) {
    image.planes[plane] = (uint8_t *)planes[plane];
    image.stride[plane] = plane == 0 ? settings->width : (settings->width + 1) / 2;
  }
  aom_codec_err_t error = aom_codec_encode(&encoder->codec, &image, encoder->pictures++, 1, 0);
  if (error == AOM_CODEC_OK) error = take(encoder, packet);
  if (error == AOM_CODEC_OK && packet->bytes == NULL && !settings->is_sequence) {
    // Without a picture, the call completes what the encoder still holds.
    error = aom_codec_encode(&encoder->codec, NULL, 0, 1, 0);
    if (error == AOM_CODEC_OK) error = take(encoder, packet);
  }
  return error == AOM_CODEC_OK ? NULL : aom_codec_err_to_string(error);
}

void aom_sys_free(Packet *packet) { free(packet->bytes); }

void aom_sys_close(Encoder *encoder) {
  aom_codec_destroy(&encoder->codec);
  free(encoder);
}
