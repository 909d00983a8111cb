// The host's half of FastDivide in shaders/include/tensor.glsl: division by a run-time constant as
// multiply and shift (Granlund and Montgomery 1994, "Division by Invariant Integers using
// Multiplication").
#pragma once

#include <bit>
#include <cstdint>

namespace convoy::compute {

struct Divider {
  uint32_t multiplier = 1;
  int32_t shift = 0;
};

// `divisor` in 1 .. 2^31.
inline Divider MakeDivider(int64_t divisor) {
  const int shift = std::bit_width(static_cast<uint64_t>(divisor - 1));
  const uint64_t d = static_cast<uint64_t>(divisor);
  const uint64_t multiplier = ((uint64_t{1} << 32) * ((uint64_t{1} << shift) - d)) / d + 1;
  return {static_cast<uint32_t>(multiplier), shift};
}

}  // namespace convoy::compute
