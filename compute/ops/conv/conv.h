// Convolution in 1-D, 2-D and 3-D (ONNX Conv; cross-correlation, as every CNN framework calls
// convolution):
//
//   y[n, m, o] = act( sum over c, k of x[n, g*C/group + c, o*stride - pad + k*dilation] * w[m, c,
//   k] + b[m] + r[n, m, o] )
//
//   inputs  x: [N, C, spatial...]   w: [M, C/group, kernel...]   b: [M] when has_bias   r: as y
//   when has_residual output  y: [N, M, spatial...], extent = (in + pads - dilation*(kernel-1) - 1)
//   / stride + 1 along each dimension
//
// Depthwise convolution is group = C. The residual operand comes from the fusion of a skip
// connection's Add.
#pragma once

#include "compute/ops/elementwise/activation.h"
#include "compute/ops/window.h"

namespace convoy::compute {

struct ConvParams {
  Window window;
  int64_t group = 1;
  bool has_bias = false;
  bool has_residual = false;
  ActivationParams activation;

  friend bool operator==(const ConvParams&, const ConvParams&) = default;
};

}  // namespace convoy::compute
