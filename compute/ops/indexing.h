// Walks over tensors of any rank: what the reference kernels (<file>_reference.cc) share.
//
//   OffsetWalk walk(y_shape, BroadcastStrides(x_shape, y_shape));
//   for (float& value : y) {
//     value = x[walk.offset()];
//     walk.Next();
//   }
//
// Allocates nothing up to rank 6. Not thread-safe.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

using Index = absl::InlinedVector<int64_t, 6>;  // one entry a dimension

// Row-major strides in elements.
inline Index StridesOf(const Shape& shape) {
  Index strides(static_cast<size_t>(shape.rank()), 1);
  for (int i = shape.rank() - 2; i >= 0; --i) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

// Strides that follow a walk over `to` through a tensor of `shape` which broadcasts to it: 0 along
// the dimensions that stretch.
inline Index BroadcastStrides(const Shape& shape, const Shape& to) {
  const Index own = StridesOf(shape);
  const int lead = to.rank() - shape.rank();
  Index strides(static_cast<size_t>(to.rank()), 0);
  for (int i = 0; i < shape.rank(); ++i) strides[lead + i] = shape[i] == 1 ? 0 : own[i];
  return strides;
}

// The next index of a row-major walk over `shape`; past the last it starts again at zeros.
inline void NextIndex(const Shape& shape, Index& index) {
  for (int i = shape.rank() - 1; i >= 0; --i) {
    if (++index[i] < shape[i]) return;
    index[i] = 0;
  }
}

// base + sum of index * strides, for each index of a row-major walk over `shape`.
class OffsetWalk {
 public:
  OffsetWalk(Shape shape, Index strides, int64_t base = 0)
      : shape_(std::move(shape)),
        strides_(std::move(strides)),
        index_(static_cast<size_t>(shape_.rank()), 0),
        offset_(base) {}

  int64_t offset() const { return offset_; }

  void Next() {
    for (int i = shape_.rank() - 1; i >= 0; --i) {
      offset_ += strides_[i];
      if (++index_[i] < shape_[i]) return;
      offset_ -= strides_[i] * shape_[i];
      index_[i] = 0;
    }
  }

 private:
  Shape shape_;
  Index strides_;
  Index index_;
  int64_t offset_;
};

}  // namespace convoy::compute
