// What operators share that find elements by computed indices: gather and scatter.
//
// A negative index counts from the end, as in ONNX. What then still lies outside is clamped to the
// nearest element: nothing a model or a request gives reaches other memory, on any device. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// How indices name places in a tensor.
enum class IndexKind {
  kAxis,      // each index is a coordinate along `axis`, and takes all that lies there
  kElements,  // indices[i] replaces coordinate `axis` of i
  kTuples,    // the last dimension of indices holds the leading coordinates, after batch_dims
};

inline int64_t ClampIndex(int64_t index, int64_t extent) {
  return std::clamp<int64_t>(index < 0 ? index + extent : index, 0, extent - 1);
}

// "axis", "elements", "tuples"
std::string_view NameOf(IndexKind kind);

// INVALID_ARGUMENT unless INT32 or INT64.
absl::Status CheckIndexType(std::string_view op, const TensorSpec& indices);
// That indices name single elements of `data` along `axis`: equal rank, no dimension but `axis`
// longer than that of data.
absl::Status CheckElementIndices(std::string_view op, const Shape& data, const Shape& indices,
                                 int axis);
// That the last dimension of indices holds 1 to all coordinates of `data` after batch_dims, which
// both have.
absl::Status CheckTupleIndices(std::string_view op, const Shape& data, const Shape& indices,
                               int batch_dims);

}  // namespace convoy::compute
