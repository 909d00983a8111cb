#include "absl/container/inlined_vector.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// A row of x along the last dimension, and its share in a row of y.
struct WeightedRow {
  int64_t offset = 0;
  double weight = 1;
};
using WeightedRows = absl::InlinedVector<WeightedRow, 8>;

// The rows of x that a row of y mixes: each outer dimension splits them in two where its coordinate
// falls between two entries.
WeightedRows RowsAt(const ResizeParams& params, const Shape& x, const Index& x_strides,
                    const Index& outer) {
  WeightedRows rows(1);
  for (int axis = 0; axis < x.rank() - 1; ++axis) {
    const ResizeTap tap = ResizeTapAt(params, axis, x[axis], outer[axis]);
    const size_t count = rows.size();
    for (size_t i = 0; i < count; ++i) {
      const WeightedRow row = rows[i];
      rows[i] = {row.offset + tap.low * x_strides[axis], row.weight * (1 - double{tap.weight})};
      if (tap.weight == 0) continue;
      rows.push_back({row.offset + tap.high * x_strides[axis], row.weight * tap.weight});
    }
  }
  return rows;
}

}  // namespace

void RunReference(const ResizeParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& x_shape = inputs[0].spec.shape;
  const Shape& y_shape = outputs[0].spec.shape;
  const std::span<const float> x = inputs[0].data<float>();
  const std::span<float> y = outputs[0].data<float>();
  if (x_shape.rank() == 0) {
    y[0] = x[0];
    return;
  }
  const int last = x_shape.rank() - 1;
  const Index x_strides = StridesOf(x_shape);
  Shape outer_shape(y_shape.dims().first(last));
  Index outer(static_cast<size_t>(last), 0);
  for (int64_t first = 0; first < static_cast<int64_t>(y.size()); first += y_shape[last]) {
    const WeightedRows rows = RowsAt(params, x_shape, x_strides, outer);
    for (int64_t i = 0; i < y_shape[last]; ++i) {
      const ResizeTap tap = ResizeTapAt(params, last, x_shape[last], i);
      double value = 0;
      for (const WeightedRow& row : rows) {
        const double low = x[row.offset + tap.low];
        const double high = x[row.offset + tap.high];
        value += row.weight * (tap.weight == 0 ? low : low + tap.weight * (high - low));
      }
      y[first + i] = static_cast<float>(value);
    }
    NextIndex(outer_shape, outer);
  }
}

}  // namespace convoy::compute
