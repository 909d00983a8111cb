// Batch normalisation at inference (ONNX BatchNormalization; Ioffe and Szegedy 2015): an affine map
// per channel.
//
//   inputs  x: [N, C, spatial...] or [N, C]   scale, bias, mean, variance: [C]
//   output  y = (x - mean) / sqrt(variance + epsilon) * scale + bias: as x
#pragma once

namespace convoy::compute {

struct BatchNormParams {
  float epsilon = 1e-5F;

  friend bool operator==(const BatchNormParams&, const BatchNormParams&) = default;
};

}  // namespace convoy::compute
