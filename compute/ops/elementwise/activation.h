// Activation functions, as an operator of their own and as the last step of convolution, dense and
// binary operators.
//
//   input  x: any shape         output  y: the same shape, y = f(x)
#pragma once

namespace convoy::compute {

enum class ActivationKind {
  kNone,       // y = x
  kRelu,       // y = x > 0 ? x : 0; NaN gives NaN
  kLeakyRelu,  // y = x < 0 ? alpha * x : x
  kClip,       // y = min(max(x, alpha), beta); ReLU6 is Clip(0, 6)
  kSigmoid,    // y = 1 / (1 + exp(-x))
  kTanh,
};

struct ActivationParams {
  ActivationKind kind = ActivationKind::kNone;
  float alpha = 0;  // LeakyRelu: slope; Clip: lower bound
  float beta = 0;   // Clip: upper bound

  friend bool operator==(const ActivationParams&, const ActivationParams&) = default;
};

// The scalar function, in double: what every reference kernel applies.
double Activate(double x, const ActivationParams& activation);

}  // namespace convoy::compute
