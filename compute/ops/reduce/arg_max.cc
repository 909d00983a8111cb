#include "compute/ops/reduce/arg_max.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const ArgMaxParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("ArgMax", inputs, 1, 1, ElementTypes::kNumbers));
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckAxis("ArgMax", params.axis, x.rank()));
  Shape y;
  for (int i = 0; i < x.rank(); ++i) {
    if (i != params.axis || params.keep_dims) y.Append(i == params.axis ? 1 : x[i]);
  }
  return OneOutput("ArgMax", y, DType::kInt64);
}

OpCost EstimateCost(const ArgMaxParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(inputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ArgMaxParams& params) {
  return JoinAttributes({absl::StrFormat("axis=%d", params.axis), params.smallest ? "smallest" : "",
                         params.select_last ? "select_last" : "",
                         params.keep_dims ? "" : "drop_dims"});
}

}  // namespace convoy::compute
