// IEEE 754 binary16 ("half", FP16) to and from FP32, without compiler or CPU support for it. Pure.
#pragma once

#include <bit>
#include <cstdint>

namespace convoy::compute {

// Exact.
inline float HalfToFloat(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
  const uint32_t magnitude = half & 0x7FFFU;
  if (magnitude >= 0x7C00U) {  // infinity, NaN
    return std::bit_cast<float>(sign | 0x7F800000U | (magnitude & 0x3FFU) << 13);
  }
  // Read as if the exponent had FP32's bias, then scaled by the difference of the two: subnormals
  // come out right, too.
  constexpr float kScale = 0x1p112F;
  const float scaled = std::bit_cast<float>(magnitude << 13) * kScale;
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(scaled));
}

// Round to nearest even; what is too large becomes infinity, NaN stays NaN.
inline uint16_t FloatToHalf(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000U);
  const uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return sign | 0x7E00U;
  // 65520 is half way between the largest half and the next power of two.
  if (magnitude >= 0x477FF000U) return sign | 0x7C00U;
  if (magnitude < 0x38800000U) {
    // A subnormal half counts in steps of 2^-24: adding 0.5 leaves the rounded count in the low
    // bits of the sum.
    const float sum = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(sum) - 0x3F000000U));
  }
  const uint32_t odd = (magnitude >> 13) & 1U;
  const uint32_t rounded = magnitude + 0xFFFU + odd - (112U << 23);
  return static_cast<uint16_t>(sign | rounded >> 13);
}

}  // namespace convoy::compute
