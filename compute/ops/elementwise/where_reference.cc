#include "compute/ops/indexing.h"
#include "compute/ops/op.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {

void RunReference(const WhereParams&, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = outputs[0].spec.shape;
  OffsetWalk at_condition(shape, BroadcastStrides(inputs[0].spec.shape, shape));
  OffsetWalk at_a(shape, BroadcastStrides(inputs[1].spec.shape, shape));
  OffsetWalk at_b(shape, BroadcastStrides(inputs[2].spec.shape, shape));
  VisitWidth(outputs[0].spec.dtype, [&]<typename Word>() {
    for (Word& y : outputs[0].data<Word>()) {
      const bool condition{inputs[0].data<Bool>()[at_condition.offset()]};
      y = condition ? inputs[1].data<Word>()[at_a.offset()] : inputs[2].data<Word>()[at_b.offset()];
      at_condition.Next();
      at_a.Next();
      at_b.Next();
    }
  });
}

}  // namespace convoy::compute
