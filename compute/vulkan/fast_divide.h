// The host's half of FastDivide in shaders/include/tensor.glsl: division by a run-time constant as
// multiply and shift (Granlund and Montgomery 1994, "Division by Invariant Integers using
// Multiplication").
#pragma once

#include <array>
#include <bit>
#include <cstddef>
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

// Several dividers for push constants, which are scarce: their shifts share a word, five bits each.
template <size_t kCount>
struct PackedDividers {
  static_assert(kCount <= 6);
  std::array<uint32_t, kCount> multipliers{};
  uint32_t shifts = 0;
};

template <size_t kCount>
PackedDividers<kCount> PackDividers(const std::array<int64_t, kCount>& divisors) {
  PackedDividers<kCount> packed;
  for (size_t i = 0; i < kCount; ++i) {
    const Divider divider = MakeDivider(divisors[i]);
    packed.multipliers[i] = divider.multiplier;
    packed.shifts |= static_cast<uint32_t>(divider.shift) << (5 * i);
  }
  return packed;
}

}  // namespace convoy::compute
