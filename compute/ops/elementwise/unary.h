// Functions of one tensor that do not end layers: arithmetic, roots and logarithms, trigonometry,
// tests.
//
//   input  x: any shape         output  y: the same shape, y = f(x); BOOL for kIsNan
//
// The formulas are ONNX's. Types of x: FP32 for all but kNot; integers for kAbs, kNeg, kSign and
// kNot; BOOL for kNot. Integers wrap: the absolute value of INT8's -128 is -128.
#pragma once

#include <array>
#include <string_view>

namespace convoy::compute {

enum class UnaryKind {
  kAbs,
  kNeg,
  kSign,  // -1, 0 or 1
  kNot,   // BOOL: true becomes false; integers: all bits turn
  kReciprocal,
  kSqrt,
  kExp,
  kLog,
  kErf,
  kFloor,
  kCeil,
  kRound,  // halves to the even neighbour
  kSin,
  kCos,
  kTan,
  kAsin,
  kAcos,
  kAtan,
  kSinh,
  kCosh,
  kAsinh,
  kAcosh,
  kAtanh,
  kSoftsign,         // y = x / (1 + |x|)
  kThresholdedRelu,  // y = x > alpha ? x : 0
  kShrink,           // y = x < -alpha ? x + beta : x > alpha ? x - beta : 0
  kIsNan,
};

// By kind; shaders/elementwise/unary.comp has the same order.
inline constexpr std::array<std::string_view, 27> kUnaryNames{
    "abs",    "neg",    "sign",  "not",      "reciprocal",
    "sqrt",   "exp",    "log",   "erf",      "floor",
    "ceil",   "round",  "sin",   "cos",      "tan",
    "asin",   "acos",   "atan",  "sinh",     "cosh",
    "asinh",  "acosh",  "atanh", "softsign", "thresholded_relu",
    "shrink", "is_nan",
};

struct UnaryParams {
  UnaryKind kind = UnaryKind::kAbs;
  float alpha = 0;
  float beta = 0;

  friend bool operator==(const UnaryParams&, const UnaryParams&) = default;
};

}  // namespace convoy::compute
