#include "compute/ops/indexing.h"
#include "compute/ops/op.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {

void RunReference(const TransposeParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Index own = StridesOf(inputs[0].spec.shape);
  Index strides;
  for (const int axis : params.perm) strides.push_back(own[axis]);
  OffsetWalk walk(outputs[0].spec.shape, std::move(strides));
  VisitWidth(outputs[0].spec.dtype, [&]<typename Word>() {
    const std::span<const Word> x = inputs[0].data<Word>();
    for (Word& y : outputs[0].data<Word>()) {
      y = x[walk.offset()];
      walk.Next();
    }
  });
}

}  // namespace convoy::compute
