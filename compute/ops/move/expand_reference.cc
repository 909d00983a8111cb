#include "compute/ops/indexing.h"
#include "compute/ops/op.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {

void RunReference(const ExpandParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  OffsetWalk walk(params.shape, BroadcastStrides(inputs[0].spec.shape, params.shape));
  VisitWidth(outputs[0].spec.dtype, [&]<typename Word>() {
    const std::span<const Word> x = inputs[0].data<Word>();
    for (Word& y : outputs[0].data<Word>()) {
      y = x[walk.offset()];
      walk.Next();
    }
  });
}

}  // namespace convoy::compute
