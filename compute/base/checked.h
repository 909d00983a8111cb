// Arithmetic on sizes that come from outside (models, requests, images): overflow is an answer, not
// undefined behaviour.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace convoy::compute {

inline std::optional<int64_t> CheckedMultiply(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

inline std::optional<int64_t> CheckedAdd(int64_t a, int64_t b) {
  int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

// The product of `dims`; nullopt when one is negative or the product leaves int64.
inline std::optional<int64_t> CheckedProduct(std::span<const int64_t> dims) {
  int64_t product = 1;
  for (const int64_t dim : dims) {
    if (dim < 0) return std::nullopt;
    const std::optional<int64_t> next = CheckedMultiply(product, dim);
    if (!next.has_value()) return std::nullopt;
    product = *next;
  }
  return product;
}

inline int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline int64_t RoundUp(int64_t a, int64_t b) { return DivideUp(a, b) * b; }

}  // namespace convoy::compute
