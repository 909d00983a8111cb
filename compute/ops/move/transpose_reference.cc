#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const TransposeParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Index own = StridesOf(inputs[0].spec.shape);
  Index strides;
  for (const int axis : params.perm) strides.push_back(own[axis]);
  const std::span<const float> x = inputs[0].data<float>();
  OffsetWalk walk(outputs[0].spec.shape, std::move(strides));
  for (float& y : outputs[0].data<float>()) {
    y = x[walk.offset()];
    walk.Next();
  }
}

}  // namespace convoy::compute
