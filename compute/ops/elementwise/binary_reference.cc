#include <cmath>

#include "compute/ops/elements.h"
#include "compute/ops/elementwise/integers.h"
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
    case BinaryKind::kPow:
      return std::pow(a, b);
    case BinaryKind::kMin:
      return a < b || std::isnan(a) ? a : b;
    case BinaryKind::kMax:
      return a > b || std::isnan(a) ? a : b;
    case BinaryKind::kFmod:
      return std::fmod(a, b);
    case BinaryKind::kPRelu:
      return a < 0 ? a * b : a;
    case BinaryKind::kEqual:
      return a == b;
    case BinaryKind::kGreater:
      return a > b;
    case BinaryKind::kGreaterOrEqual:
      return a >= b;
    default:
      return 0;  // InferShapes refuses the others
  }
}

// Calls combine(a, b) for each element of the output, as which From reads the inputs.
template <typename From, typename Function>
void Walk(std::span<const TensorView> inputs, const MutableTensorView& output, Function combine) {
  const Shape& shape = output.spec.shape;
  const std::vector<From> a = ReadElements<From>(inputs[0]);
  const std::vector<From> b = ReadElements<From>(inputs[1]);
  OffsetWalk a_walk(shape, BroadcastStrides(inputs[0].spec.shape, shape));
  OffsetWalk b_walk(shape, BroadcastStrides(inputs[1].spec.shape, shape));
  std::vector<From> y(static_cast<size_t>(shape.elements()));
  for (From& value : y) {
    value =
        combine(a[static_cast<size_t>(a_walk.offset())], b[static_cast<size_t>(b_walk.offset())]);
    a_walk.Next();
    b_walk.Next();
  }
  WriteElements(y, output);
}

}  // namespace

void RunReference(const BinaryParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const DType dtype = inputs[0].spec.dtype;
  if (dtype == DType::kFloat32) {
    return Walk<double>(inputs, outputs[0], [&](double a, double b) {
      return Activate(Combine(params.kind, a, b), params.activation);
    });
  }
  // Narrower unsigned numbers are positive in 64 bits: only UINT64 needs to be told apart.
  Walk<int64_t>(inputs, outputs[0], [&](int64_t a, int64_t b) {
    return CombineIntegers(params.kind, a, b, dtype == DType::kUint64);
  });
}

}  // namespace convoy::compute
