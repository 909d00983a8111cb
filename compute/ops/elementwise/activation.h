// Activation functions, as an operator of their own and as the last step of convolution, dense and
// binary operators. Every device applies each of them while a result is at hand; functions that do
// not end layers are kinds of unary.h.
//
//   input  x: any shape         output  y: the same shape, y = f(x)
//
// The formulas are ONNX's.
#pragma once

#include <array>
#include <string_view>

namespace convoy::compute {

enum class ActivationKind {
  kNone,         // y = x
  kRelu,         // y = x > 0 ? x : 0; NaN gives NaN
  kLeakyRelu,    // y = x < 0 ? alpha * x : x
  kClip,         // y = min(max(x, alpha), beta); ReLU6 is Clip(0, 6)
  kSigmoid,      // y = 1 / (1 + exp(-x))
  kTanh,         //
  kElu,          // y = beta * (x > 0 ? x : alpha * (exp(x) - 1)); SELU where beta is not 1
  kCelu,         // y = x > 0 ? x : alpha * (exp(x / alpha) - 1)
  kHardSigmoid,  // y = min(max(alpha * x + beta, 0), 1)
  kHardSwish,    // y = x * min(max(x / 6 + 1/2, 0), 1)
  kSwish,        // y = x / (1 + exp(-alpha * x)); SiLU has alpha 1
  kGelu,         // y = x / 2 * (1 + erf(x / sqrt(2)))
  kGeluTanh,     // y = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
  kMish,         // y = x * tanh(log(1 + exp(x)))
  kSoftplus,     // y = log(1 + exp(x))
};

// By kind; shaders/include/activation.glsl has the same order.
inline constexpr std::array<std::string_view, 15> kActivationNames{
    "none",         "relu",       "leaky_relu", "clip", "sigmoid",   "tanh", "elu",      "celu",
    "hard_sigmoid", "hard_swish", "swish",      "gelu", "gelu_tanh", "mish", "softplus",
};

struct ActivationParams {
  ActivationKind kind = ActivationKind::kNone;
  float alpha = 0;  // LeakyRelu: slope; Clip: lower bound; else as in the formula
  float beta = 0;   // Clip: upper bound; else as in the formula

  friend bool operator==(const ActivationParams&, const ActivationParams&) = default;
};

// The scalar function, in double: what every reference kernel applies.
double Activate(double x, const ActivationParams& activation);

}  // namespace convoy::compute
