#include "compute/ops/pool/global_pool.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const GlobalPoolParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("GlobalPool", inputs, 1, 1));
  if (params.kind == PoolKind::kLp) {
    return absl::InvalidArgumentError("GlobalPool kind is lp, but must be max or average");
  }
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("GlobalPool", "x", x, 3, 5));
  return OneOutput("GlobalPool", ImageShape({x[0], x[1], {1, 1, 1}}, x.rank() - 2));
}

OpCost EstimateCost(const GlobalPoolParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(inputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const GlobalPoolParams& params) {
  return params.kind == PoolKind::kMax ? "kind=max" : "kind=average";
}

}  // namespace convoy::compute
