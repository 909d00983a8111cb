#include "compute/ops/gemm/matmul.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

Shape BatchOf(const Shape& shape) {
  return shape.rank() < 2 ? Shape{} : Shape(shape.dims().first(shape.rank() - 2));
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const MatMulParams&, std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("MatMul", inputs, 2, 2));
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("MatMul", "a", a, 1, 6));
  CONVOY_RETURN_IF_ERROR(CheckRank("MatMul", "b", b, 1, 6));
  const int64_t a_depth = a[a.rank() - 1];
  const int64_t b_depth = b[b.rank() == 1 ? 0 : b.rank() - 2];
  if (a_depth != b_depth) {
    return absl::InvalidArgumentError(
        absl::StrFormat("MatMul multiplies %s by %s, but the inner extents %d and %d must be equal",
                        a.ToString(), b.ToString(), a_depth, b_depth));
  }
  CONVOY_ASSIGN_OR_RETURN(Shape y, BroadcastShapes("MatMul", BatchOf(a), BatchOf(b)));
  if (a.rank() > 1) y.Append(a[a.rank() - 2]);
  if (b.rank() > 1) y.Append(b[b.rank() - 1]);
  return OneOutput("MatMul", y);
}

OpCost EstimateCost(const MatMulParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const Shape& a = inputs[0].shape;
  const double depth = static_cast<double>(a[a.rank() - 1]);
  return {2 * depth * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const MatMulParams&) { return ""; }

}  // namespace convoy::compute
