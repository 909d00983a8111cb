#include "compute/ops/gemm/gemm.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const GemmParams& params,
                                        std::span<const TensorSpec> inputs) {
  const size_t count = params.has_bias ? 3 : 2;
  CONVOY_RETURN_IF_ERROR(CheckInputs("Gemm", inputs, count, count));
  CONVOY_RETURN_IF_ERROR(CheckActivation("Gemm", params.activation));
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("Gemm", "a", a, 2, 2));
  CONVOY_RETURN_IF_ERROR(CheckRank("Gemm", "b", b, 2, 2));
  const Shape y{a[params.trans_a ? 1 : 0], b[params.trans_b ? 0 : 1]};
  const int64_t a_depth = a[params.trans_a ? 0 : 1];
  const int64_t b_depth = b[params.trans_b ? 1 : 0];
  if (a_depth != b_depth) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Gemm multiplies %s%s by %s%s, but the inner extents %d and %d must be equal", a.ToString(),
        params.trans_a ? " transposed" : "", b.ToString(), params.trans_b ? " transposed" : "",
        a_depth, b_depth));
  }
  if (params.has_bias) {
    CONVOY_ASSIGN_OR_RETURN(const Shape widened, BroadcastShapes("Gemm", inputs[2].shape, y));
    CONVOY_RETURN_IF_ERROR(CheckShape("Gemm", "c, broadcast,", widened, y));
  }
  return OneOutput("Gemm", y);
}

OpCost EstimateCost(const GemmParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double depth = static_cast<double>(inputs[0].shape[params.trans_a ? 0 : 1]);
  return {2 * depth * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const GemmParams& params) {
  return JoinAttributes({params.alpha == 1 ? "" : absl::StrFormat("alpha=%g", params.alpha),
                         params.beta == 1 ? "" : absl::StrFormat("beta=%g", params.beta),
                         params.trans_a ? "trans_a" : "", params.trans_b ? "trans_b" : "",
                         AttributesOf(params.activation)});
}

}  // namespace convoy::compute
