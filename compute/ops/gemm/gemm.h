// The dense (fully connected) layer (ONNX Gemm): y = act(alpha * op(a) * op(b) + beta * c), op =
// transpose where asked.
//
//   inputs  a: [M, K] (trans_a: [K, M])   b: [K, N] (trans_b: [N, K])   c: broadcasts to [M, N],
//   when has_bias output  y: [M, N]
#pragma once

#include "compute/ops/elementwise/activation.h"

namespace convoy::compute {

struct GemmParams {
  float alpha = 1;
  float beta = 1;
  bool trans_a = false;
  bool trans_b = false;
  bool has_bias = false;
  ActivationParams activation;

  friend bool operator==(const GemmParams&, const GemmParams&) = default;
};

}  // namespace convoy::compute
