// Functions of two tensors with broadcasting: arithmetic, comparisons, logic (ONNX Add ... Xor; the
// multidirectional broadcasting of ONNX and NumPy).
//
//   inputs  a, b: one type, shapes that broadcast to one another
//   output  y = act(a op b): the broadcast shape; BOOL for comparisons, else the inputs' type
//
// Integers wrap to their width, and dividing by 0 gives 0 (elementwise/integers.h). Only FP32
// results take an activation.
#pragma once

#include <array>
#include <string_view>

#include "compute/ops/elementwise/activation.h"

namespace convoy::compute {

enum class BinaryKind {
  kAdd,
  kSub,
  kMul,
  kDiv,  // integers: towards 0
  kPow,
  kMin,  // NaN where either is
  kMax,
  kMod,    // integers only: the sign of b, as in Python
  kFmod,   // the sign of a, as in C
  kPRelu,  // a < 0 ? a * b : a; FP32 only, b stretches to a
  kEqual,  // BOOL as well
  kGreater,
  kGreaterOrEqual,
  kAnd,  // BOOL: logic; integers: bit by bit; likewise the next two
  kOr,
  kXor,
  kShiftLeft,  // unsigned integers only
  kShiftRight,
};

// By kind; shaders/elementwise/combine.glsl has the same order.
inline constexpr std::array<std::string_view, 18> kBinaryNames{
    "add",
    "sub",
    "mul",
    "div",
    "pow",
    "min",
    "max",
    "mod",
    "fmod",
    "prelu",
    "equal",
    "greater",
    "greater_or_equal",
    "and",
    "or",
    "xor",
    "shift_left",
    "shift_right",
};

struct BinaryParams {
  BinaryKind kind = BinaryKind::kAdd;
  ActivationParams activation;

  friend bool operator==(const BinaryParams&, const BinaryParams&) = default;
};

// True for kinds whose result is BOOL whatever the inputs are.
inline bool IsComparison(BinaryKind kind) {
  return kind == BinaryKind::kEqual || kind == BinaryKind::kGreater ||
         kind == BinaryKind::kGreaterOrEqual;
}

}  // namespace convoy::compute
