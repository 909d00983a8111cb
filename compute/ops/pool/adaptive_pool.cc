#include "compute/ops/pool/adaptive_pool.h"

#include <algorithm>

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

// The last `rank` extents: "7x7".
std::string SizeText(const AdaptivePoolParams& params) {
  Shape size;
  for (int axis = 3 - params.rank; axis < 3; ++axis) size.Append(params.size[axis]);
  return size.ToString();
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const AdaptivePoolParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("AdaptivePool", inputs, 1, 1));
  if (params.kind == PoolKind::kLp) {
    return absl::InvalidArgumentError("AdaptivePool kind is lp, but must be max or average");
  }
  const Shape& x = inputs[0].shape;
  if (params.rank < 1 || params.rank > 3) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "AdaptivePool has %d spatial dimensions, but must have 1 to 3", params.rank));
  }
  CONVOY_RETURN_IF_ERROR(CheckRank("AdaptivePool", "x", x, params.rank + 2, params.rank + 2));
  ImageDims y = ImageDimsOf(x);
  y.size = params.size;
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t most = axis < 3 - params.rank ? 1 : kMaxWindowExtent;
    if (y.size[axis] >= 1 && y.size[axis] <= most) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "AdaptivePool output size is %d, but must be from 1 to %d", y.size[axis], most));
  }
  return OneOutput("AdaptivePool", ImageShape(y, params.rank));
}

OpCost EstimateCost(const AdaptivePoolParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const int64_t most = std::max(inputs[0].elements(), outputs[0].elements());
  return {static_cast<double>(most), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const AdaptivePoolParams& params) {
  return JoinAttributes({params.kind == PoolKind::kMax ? "kind=max" : "kind=average",
                         absl::StrFormat("size=%s", SizeText(params))});
}

}  // namespace convoy::compute
