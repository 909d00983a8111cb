// Linear tensors as rows along one axis, [outer][extent][inner]: what ArgMax, TopK and CumSum share
// on a Vulkan device. Pure.
#pragma once

#include <cstdint>

#include "compute/ops/indexing.h"
#include "compute/tensor/dtype.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

struct Rows {
  int64_t outer = 1, extent = 1, inner = 1;
};

inline Rows RowsOf(const Shape& shape, int axis) {
  const int64_t inner = StridesOf(shape)[static_cast<size_t>(axis)];
  return {shape.elements() / (shape[axis] * inner), shape[axis], inner};
}

// Mirrored by shaders/include/order.glsl.
enum class OrderWord : uint32_t { kFloat, kSigned, kUnsigned };

inline OrderWord OrderWordOf(DType dtype) {
  if (IsFloat(dtype)) return OrderWord::kFloat;
  return IsUnsigned(dtype) ? OrderWord::kUnsigned : OrderWord::kSigned;
}

}  // namespace convoy::compute
