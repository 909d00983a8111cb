// Calls a function template with the elements of a tensor of any type.
//
//   VisitElements(view, [&]<typename T>(std::span<const T> values) { ... });
//
// T is Bool, int8_t ... uint64_t, Half, float or double. Every element type is one instantiation:
// keep what the function does small. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "compute/tensor/half.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// FP16 as an element: storage that converts.
class Half {
 public:
  Half() = default;
  explicit Half(float value) : bits_(FloatToHalf(value)) {}
  explicit Half(double value) : Half(static_cast<float>(value)) {}
  explicit operator float() const { return HalfToFloat(bits_); }
  explicit operator double() const { return double{HalfToFloat(bits_)}; }

 private:
  uint16_t bits_ = 0;
};

// BOOL as an element: any byte but 0 is true, so that bytes from outside are never a broken bool.
class Bool {
 public:
  Bool() = default;
  explicit Bool(bool value) : byte_(value ? 1 : 0) {}
  explicit operator bool() const { return byte_ != 0; }
  explicit operator double() const { return byte_ != 0 ? 1 : 0; }

 private:
  uint8_t byte_ = 0;
};
static_assert(sizeof(Half) == 2 && sizeof(Bool) == 1);

// Calls f.template operator()<T>() with the element type of `dtype`.
template <typename Function>
decltype(auto) VisitType(DType dtype, Function&& f) {
  switch (dtype) {
    case DType::kBool:
      return f.template operator()<Bool>();
    case DType::kUint8:
      return f.template operator()<uint8_t>();
    case DType::kUint16:
      return f.template operator()<uint16_t>();
    case DType::kUint32:
      return f.template operator()<uint32_t>();
    case DType::kUint64:
      return f.template operator()<uint64_t>();
    case DType::kInt8:
      return f.template operator()<int8_t>();
    case DType::kInt16:
      return f.template operator()<int16_t>();
    case DType::kInt32:
      return f.template operator()<int32_t>();
    case DType::kInt64:
      return f.template operator()<int64_t>();
    case DType::kFloat16:
      return f.template operator()<Half>();
    case DType::kFloat32:
      return f.template operator()<float>();
    case DType::kFloat64:
      break;
  }
  return f.template operator()<double>();
}

template <typename Function>
decltype(auto) VisitElements(const TensorView& view, Function&& f) {
  return VisitType(view.spec.dtype, [&]<typename T>() { return f(view.data<T>()); });
}

template <typename Function>
decltype(auto) VisitElements(const MutableTensorView& view, Function&& f) {
  return VisitType(view.spec.dtype, [&]<typename T>() { return f(view.data<T>()); });
}

// Calls f.template operator()<Word>() with an unsigned integer as wide as an element: what
// operators that only move elements work on.
template <typename Function>
decltype(auto) VisitWidth(DType dtype, Function&& f) {
  switch (SizeOf(dtype)) {
    case 1:
      return f.template operator()<uint8_t>();
    case 2:
      return f.template operator()<uint16_t>();
    case 4:
      return f.template operator()<uint32_t>();
    default:
      return f.template operator()<uint64_t>();
  }
}

}  // namespace convoy::compute
