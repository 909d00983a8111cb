#include "compute/ops/indexing.h"
#include "compute/ops/op.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {

void RunReference(const SliceParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  Index strides = StridesOf(inputs[0].spec.shape);
  int64_t first = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    first += params.starts[i] * strides[i];
    strides[i] *= params.steps[i];
  }
  OffsetWalk walk(outputs[0].spec.shape, std::move(strides), first);
  VisitWidth(outputs[0].spec.dtype, [&]<typename Word>() {
    const std::span<const Word> x = inputs[0].data<Word>();
    for (Word& y : outputs[0].data<Word>()) {
      y = x[walk.offset()];
      walk.Next();
    }
  });
}

}  // namespace convoy::compute
