// Push constants of the convolution kernels: mirrors shaders/conv/conv_push.glsl.
#pragma once

#include <cstdint>

#include "compute/ops/conv/epilogue.h"
#include "compute/ops/window.h"

namespace convoy::compute {

struct ConvPush {
  int32_t pixels = 0;
  int32_t in_d = 1, in_h = 1, in_w = 1;
  int32_t in_quads = 0, in_plane = 0;
  int32_t out_d = 1, out_h = 1, out_w = 1;
  int32_t out_channels = 0, out_plane = 0;
  int32_t kernel_d = 1, kernel_h = 1, kernel_w = 1;
  int32_t pad_d = 0, pad_h = 0, pad_w = 0;
  int32_t strides = 0, dilations = 0;
  Epilogue epilogue;
  uint32_t row_multiplier = 0, slice_multiplier = 0, image_multiplier = 0;
  int32_t divider_shifts = 0;
  int32_t weights_z = 0;
  int32_t first_pixel = 0;
};
static_assert(sizeof(ConvPush) == 112);

// The largest stride and dilation that fit a packed field.
inline constexpr int64_t kMaxPacked = 1023;

inline int32_t PackThree(int64_t d, int64_t h, int64_t w) {
  return static_cast<int32_t>(d << 20 | h << 10 | w);
}

}  // namespace convoy::compute
