// The values that every window of a deformable convolution multiplies with its weights: a 1x1
// convolution of them is ONNX DeformConv (opset 19; J. Dai et al., "Deformable Convolutional
// Networks", 2017; with a mask X. Zhu et al., "Deformable ConvNets v2", 2019).
//
//   inputs  x       [N, C, H, W]
//           offset  [N, 2 * G * K, H', W']   G = offset_group, K = taps of the kernel
//           mask    [N, G * K, H', W']       where has_mask
//   output  y       [N, C * K, H', W']       H', W' as of a convolution
//
//   y[n, c * K + k, i, j] = mask[n, g * K + k, i, j] * x[n, c] at the place of tap k of the window
//   at (i, j), moved by offset[n, 2 * (g * K + k) + (0, 1), i, j] along (H, W); g = c * G / C.
//   Places between pixels are interpolated bilinearly; outside lie zeros.
#pragma once

#include <cstdint>

#include "compute/ops/window.h"

namespace convoy::compute {

struct DeformColumnsParams {
  Window window;
  int64_t offset_group = 1;
  bool has_mask = false;

  friend bool operator==(const DeformColumnsParams&, const DeformColumnsParams&) = default;
};

}  // namespace convoy::compute
