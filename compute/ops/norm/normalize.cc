#include "compute/ops/norm/normalize.h"

#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

int64_t SetExtent(const NormalizeParams& params, const Shape& x) {
  int64_t extent = 1;
  for (int i = params.axis; i < x.rank(); ++i) extent *= x[i];
  return extent / params.groups;
}

absl::StatusOr<Affine> AffineOf(const Shape& factor, const Shape& x) {
  const absl::Status misfit = absl::InvalidArgumentError(absl::StrFormat(
      "Normalize operand of shape %s does not repeat over x of shape %s: its dimensions must be "
      "those of x where the first that is not 1 begins to where the last ends",
      factor.ToString(), x.ToString()));
  const int lead = x.rank() - factor.rank();
  if (lead < 0) return misfit;
  Affine affine;
  int axis = factor.rank() - 1;
  for (; axis >= 0 && factor[axis] == 1; --axis) affine.inner *= x[lead + axis];
  for (; axis >= 0 && factor[axis] == x[lead + axis]; --axis) affine.period *= factor[axis];
  for (; axis >= 0; --axis) {
    if (factor[axis] != 1) return misfit;
  }
  if (affine.period == 1) affine.inner = 1;
  return affine;
}

absl::StatusOr<TensorSpecs> InferShapes(const NormalizeParams& params,
                                        std::span<const TensorSpec> inputs) {
  const size_t operands = 1 + (params.has_scale ? 1 : 0) + (params.has_bias ? 1 : 0);
  CONVOY_RETURN_IF_ERROR(CheckInputs("Normalize", inputs, operands, operands));
  const Shape& x = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckAxis("Normalize", params.axis, x.rank()));
  if (params.groups < 1 || x[params.axis] % params.groups != 0) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Normalize groups is %d, but must divide the %d elements along axis %d",
                        params.groups, x[params.axis], params.axis));
  }
  if (!std::isfinite(params.epsilon) || params.epsilon < 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Normalize epsilon is %g, but must be finite and at least 0", params.epsilon));
  }
  for (size_t i = 1; i < inputs.size(); ++i) {
    CONVOY_RETURN_IF_ERROR(AffineOf(inputs[i].shape, x).status());
  }
  TensorSpecs outputs{inputs[0]};
  if (params.statistics) {
    Shape sets = x;
    for (int i = params.axis; i < x.rank(); ++i) sets[i] = i == params.axis ? params.groups : 1;
    outputs.resize(3, TensorSpec{DType::kFloat32, sets});
  }
  return outputs;
}

OpCost EstimateCost(const NormalizeParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  // Sum, distance, square and sum; difference, two products, sum.
  return {8 * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const NormalizeParams& params) {
  const bool rms = params.kind == NormalizeKind::kRootMeanSquare;
  return JoinAttributes({rms ? "kind=rms" : "", absl::StrFormat("axis=%d", params.axis),
                         params.groups == 1 ? "" : absl::StrFormat("groups=%d", params.groups),
                         params.epsilon == NormalizeParams{}.epsilon
                             ? ""
                             : absl::StrFormat("epsilon=%g", params.epsilon),
                         params.statistics ? "statistics" : ""});
}

}  // namespace convoy::compute
