#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

double Combine(BinaryKind kind, double a, double b) {
  switch (kind) {
    case BinaryKind::kAdd:
      return a + b;
    case BinaryKind::kSub:
      return a - b;
    case BinaryKind::kMul:
      return a * b;
    case BinaryKind::kDiv:
      return a / b;
  }
  return 0;
}

}  // namespace

void RunReference(const BinaryParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = outputs[0].spec.shape;
  const std::span<const float> a = inputs[0].data<float>();
  const std::span<const float> b = inputs[1].data<float>();
  OffsetWalk a_walk(shape, BroadcastStrides(inputs[0].spec.shape, shape));
  OffsetWalk b_walk(shape, BroadcastStrides(inputs[1].spec.shape, shape));
  for (float& y : outputs[0].data<float>()) {
    const double value = Combine(params.kind, a[a_walk.offset()], b[b_walk.offset()]);
    y = static_cast<float>(Activate(value, params.activation));
    a_walk.Next();
    b_walk.Next();
  }
}

}  // namespace convoy::compute
