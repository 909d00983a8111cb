// Integer arithmetic as ONNX has it and C++ does not: what exceeds 64 bits wraps, nothing traps.
// Division by 0 and the remainder by 0 give 0. What the reference kernels of unary.h and binary.h
// apply to integers and BOOL; storing the result in a narrower type wraps it to that type.
//
//   Combine(BinaryKind::kDiv, INT64_MIN, -1, /*is_unsigned=*/false);  // INT64_MIN
//
// `is_unsigned` says that the bits mean UINT64. Pure.
#pragma once

#include <cstdint>

#include "compute/ops/elementwise/binary.h"
#include "compute/ops/elementwise/unary.h"

namespace convoy::compute {

// kAbs, kNeg, kSign, kNot.
int64_t ApplyToInteger(UnaryKind kind, int64_t x, bool is_unsigned);

// All but kPRelu. Comparisons give 0 or 1. Shifts by 64 or more give 0; a negative power of
// anything but 1 and -1 is 0.
int64_t CombineIntegers(BinaryKind kind, int64_t a, int64_t b, bool is_unsigned);

}  // namespace convoy::compute
