// Elements of any type as the reference kernels compute with them: integers and BOOL exactly as
// int64_t, floating point as double.
//
//   if (IsFloat(inputs[0].spec.dtype)) {
//     WriteElements(SumOf(ReadElements<double>(inputs[0])), outputs[0]);
//   } else {
//     WriteElements(SumOf(ReadElements<int64_t>(inputs[0])), outputs[0]);
//   }
//
// UINT64 beyond 2^63 wraps to negative numbers. Pure.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "compute/tensor/visit.h"

namespace convoy::compute {

// The cast of ONNX: floats lose their fraction, and where they exceed an integer type they become
// its nearest value (NaN: 0); integers keep their low bits; everything but 0 is a true BOOL.
template <typename To, typename From>
To CastElement(From value) {
  if constexpr (std::is_same_v<From, Half>) {
    return CastElement<To>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<From, Bool>) {
    return CastElement<To>(static_cast<int>(static_cast<bool>(value)));
  } else if constexpr (std::is_same_v<To, Bool>) {
    return Bool(value != From{0});
  } else if constexpr (std::is_same_v<To, Half>) {
    return Half(static_cast<float>(value));
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // The upper limit may round up to a power of two as a float: compare before converting.
    if (std::isnan(value)) return 0;
    if (value <= static_cast<From>(std::numeric_limits<To>::min())) {
      return std::numeric_limits<To>::min();
    }
    if (value >= static_cast<From>(std::numeric_limits<To>::max())) {
      return std::numeric_limits<To>::max();
    }
    return static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

template <typename To>
std::vector<To> ReadElements(const TensorView& view) {
  return VisitElements(view, []<typename T>(std::span<const T> values) {
    std::vector<To> result(values.size());
    for (size_t i = 0; i < values.size(); ++i) result[i] = CastElement<To>(values[i]);
    return result;
  });
}

template <typename From>
void WriteElements(const std::vector<From>& values, const MutableTensorView& view) {
  VisitElements(view, [&]<typename T>(std::span<T> elements) {
    for (size_t i = 0; i < elements.size(); ++i) elements[i] = CastElement<T>(values[i]);
  });
}

}  // namespace convoy::compute
