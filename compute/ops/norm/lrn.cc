#include "compute/ops/norm/lrn.h"

#include <algorithm>
#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

constexpr int64_t kMaxLrnSize = 1 << 15;  // AlexNet has 5; beyond it a size is an error

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const LrnParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Lrn", inputs, 1, 1));
  CONVOY_RETURN_IF_ERROR(CheckRank("Lrn", "x", inputs[0].shape, 2, 5));
  if (params.size < 1 || params.size > kMaxLrnSize) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Lrn size is %d, but must be from 1 to %d", params.size, kMaxLrnSize));
  }
  for (const float value : {params.alpha, params.beta, params.bias}) {
    if (std::isfinite(value)) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("Lrn has the parameters alpha=%g beta=%g bias=%g, but all must be finite",
                        params.alpha, params.beta, params.bias));
  }
  return OneOutput("Lrn", inputs[0].shape);
}

OpCost EstimateCost(const LrnParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double taps = static_cast<double>(std::min(params.size, 2 * inputs[0].shape[1]));
  return {2 * (taps + 2) * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const LrnParams& params) {
  return absl::StrFormat("size=%d alpha=%g beta=%g bias=%g", params.size, params.alpha, params.beta,
                         params.bias);
}

}  // namespace convoy::compute
