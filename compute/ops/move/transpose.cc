#include "compute/ops/move/transpose.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

bool IsPermutation(const std::vector<int>& perm, int rank) {
  std::vector<bool> seen(static_cast<size_t>(rank), false);
  for (const int axis : perm) {
    if (axis < 0 || axis >= rank || seen[static_cast<size_t>(axis)]) return false;
    seen[static_cast<size_t>(axis)] = true;
  }
  return perm.size() == seen.size();
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const TransposeParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Transpose", inputs, 1, 1, ElementTypes::kAny));
  const Shape& x = inputs[0].shape;
  if (!IsPermutation(params.perm, x.rank())) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Transpose perm is %s, but must be a permutation of the %d dimensions of %s",
        absl::StrJoin(params.perm, ","), x.rank(), x.ToString()));
  }
  Shape y;
  for (const int axis : params.perm) y.Append(x[axis]);
  return OneOutput("Transpose", y, inputs[0].dtype);
}

OpCost EstimateCost(const TransposeParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {0, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const TransposeParams& params) {
  return absl::StrFormat("perm=%s", absl::StrJoin(params.perm, ","));
}

}  // namespace convoy::compute
