// Two-operand arithmetic with broadcasting (ONNX Add, Sub, Mul, Div; the multidirectional
// broadcasting of ONNX/NumPy).
//
//   inputs  a, b: shapes that broadcast to one another         output  y = act(a op b): the
//   broadcast shape
#pragma once

#include "compute/ops/elementwise/activation.h"

namespace convoy::compute {

enum class BinaryKind { kAdd, kSub, kMul, kDiv };

struct BinaryParams {
  BinaryKind kind = BinaryKind::kAdd;
  ActivationParams activation;

  friend bool operator==(const BinaryParams&, const BinaryParams&) = default;
};

}  // namespace convoy::compute
