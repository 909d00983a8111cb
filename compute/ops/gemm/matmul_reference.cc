#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// A vector stands for a row (a) or a column (b).
Shape AsMatrices(const Shape& shape, bool row) {
  if (shape.rank() > 1) return shape;
  return row ? Shape{1, shape[0]} : Shape{shape[0], 1};
}

}  // namespace

void RunReference(const MatMulParams&, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape a_shape = AsMatrices(inputs[0].spec.shape, true);
  const Shape b_shape = AsMatrices(inputs[1].spec.shape, false);
  const int64_t depth = a_shape[a_shape.rank() - 1];
  const int64_t columns = b_shape[b_shape.rank() - 1];

  // The output with both of its matrix dimensions, and the strides of a and b along it.
  const int rank = std::max(a_shape.rank(), b_shape.rank());
  Shape y_shape;
  for (int i = 0; i < rank - 2; ++i) {
    const int a_axis = i - (rank - a_shape.rank());
    const int b_axis = i - (rank - b_shape.rank());
    y_shape.Append(std::max(a_axis < 0 ? 1 : a_shape[a_axis], b_axis < 0 ? 1 : b_shape[b_axis]));
  }
  y_shape.Append(a_shape[a_shape.rank() - 2]);
  y_shape.Append(columns);
  Index a_strides = BroadcastStrides(a_shape, y_shape);
  Index b_strides = BroadcastStrides(b_shape, y_shape);
  a_strides[rank - 2] = depth;
  a_strides[rank - 1] = 0;
  b_strides[rank - 2] = 0;
  b_strides[rank - 1] = 1;

  OffsetWalk a_walk(y_shape, a_strides);
  OffsetWalk b_walk(y_shape, b_strides);
  for (float& y : outputs[0].data<float>()) {
    const float* a = &inputs[0].data<float>()[a_walk.offset()];
    const float* b = &inputs[1].data<float>()[b_walk.offset()];
    double sum = 0;
    for (int64_t k = 0; k < depth; ++k) sum += static_cast<double>(a[k]) * b[k * columns];
    y = static_cast<float>(sum);
    a_walk.Next();
    b_walk.Next();
  }
}

}  // namespace convoy::compute
