#include "compute/ops/reduce/top_k.h"

#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const TopKParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("TopK", inputs, 1, 1, ElementTypes::kNumbers));
  Shape y = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckAxis("TopK", params.axis, y.rank()));
  if (params.k < 1 || params.k > y[params.axis]) {
    return absl::InvalidArgumentError(
        absl::StrFormat("TopK k is %d, but must be from 1 to the %d elements along axis %d",
                        params.k, y[params.axis], params.axis));
  }
  y[params.axis] = params.k;
  return TensorSpecs{{inputs[0].dtype, y}, {DType::kInt64, y}};
}

OpCost EstimateCost(const TopKParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double extent = static_cast<double>(inputs[0].shape[params.axis]);
  return {static_cast<double>(inputs[0].elements()) * std::log2(extent + 1),
          BytesOf(inputs, outputs)};
}

std::string AttributesOf(const TopKParams& params) {
  return JoinAttributes(
      {absl::StrFormat("axis=%d k=%d", params.axis, params.k), params.smallest ? "smallest" : ""});
}

}  // namespace convoy::compute
