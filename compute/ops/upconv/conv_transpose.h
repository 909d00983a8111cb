// Up-convolution, also called transposed or (wrongly) deconvolution (ONNX ConvTranspose), in 1-D,
// 2-D and 3-D: every input pixel adds its kernel, scaled, to the output.
//
//   y[n, m, i*stride - pad_begin + k*dilation] += x[n, c, i] * w[c, m, k];   then y = act(y + b[m])
//
//   inputs  x: [N, C, spatial...]   w: [C, M/group, kernel...]   b: [M] when has_bias
//   output  y: [N, M, spatial...], extent = stride*(in-1) + output_padding + dilation*(kernel-1) +
//   1 - pads
#pragma once

#include "compute/ops/elementwise/activation.h"
#include "compute/ops/window.h"

namespace convoy::compute {

struct ConvTransposeParams {
  Window window;
  Spatial output_padding{
      0, 0, 0};  // extra rows at the end of each dimension: less than the stride or the dilation
  int64_t group = 1;
  bool has_bias = false;
  ActivationParams activation;

  friend bool operator==(const ConvTransposeParams&, const ConvTransposeParams&) = default;
};

}  // namespace convoy::compute
