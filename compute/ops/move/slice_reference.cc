#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const SliceParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  Index strides = StridesOf(inputs[0].spec.shape);
  int64_t first = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    first += params.starts[i] * strides[i];
    strides[i] *= params.steps[i];
  }
  const std::span<const float> x = inputs[0].data<float>();
  OffsetWalk walk(outputs[0].spec.shape, std::move(strides), first);
  for (float& y : outputs[0].data<float>()) {
    y = x[walk.offset()];
    walk.Next();
  }
}

}  // namespace convoy::compute
