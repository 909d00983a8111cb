#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const GemmParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& a_shape = inputs[0].spec.shape;
  const Shape& b_shape = inputs[1].spec.shape;
  const Shape& y_shape = outputs[0].spec.shape;
  const int64_t depth = a_shape[params.trans_a ? 0 : 1];
  const int64_t a_row = params.trans_a ? 1 : a_shape[1];
  const int64_t a_step = params.trans_a ? a_shape[1] : 1;
  const int64_t b_column = params.trans_b ? b_shape[1] : 1;
  const int64_t b_step = params.trans_b ? 1 : b_shape[1];
  const std::span<float> y = outputs[0].data<float>();
  OffsetWalk c_walk(
      y_shape, params.has_bias ? BroadcastStrides(inputs[2].spec.shape, y_shape) : Index{0, 0});
  for (int64_t i = 0; i < static_cast<int64_t>(y.size()); ++i) {
    const float* a = &inputs[0].data<float>()[i / y_shape[1] * a_row];
    const float* b = &inputs[1].data<float>()[i % y_shape[1] * b_column];
    double sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      sum += static_cast<double>(a[k * a_step]) * b[k * b_step];
    }
    double value = params.alpha * sum;
    if (params.has_bias) value += params.beta * double{inputs[2].data<float>()[c_walk.offset()]};
    y[i] = static_cast<float>(Activate(value, params.activation));
    c_walk.Next();
  }
}

}  // namespace convoy::compute
