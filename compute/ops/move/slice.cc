#include "compute/ops/move/slice.h"

#include <algorithm>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

// Whether start and start + (size-1)*step lie in [0, extent).
bool ReachesOnlyInside(int64_t start, int64_t step, int64_t size, int64_t extent) {
  if (start < 0 || start >= extent || step == 0 || size < 1) return false;
  const std::optional<int64_t> span = CheckedMultiply(size - 1, step);
  const std::optional<int64_t> last = span ? CheckedAdd(start, *span) : std::nullopt;
  return last.has_value() && *last >= 0 && *last < extent;
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const SliceParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Slice", inputs, 1, 1, ElementTypes::kAny));
  const Shape& x = inputs[0].shape;
  const size_t rank = static_cast<size_t>(x.rank());
  if (params.starts.size() != rank || params.steps.size() != rank || params.sizes.size() != rank) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Slice has %d starts, %d steps and %d sizes, but each must have %d entries for the shape "
        "%s",
        params.starts.size(), params.steps.size(), params.sizes.size(), rank, x.ToString()));
  }
  for (size_t i = 0; i < rank; ++i) {
    const int64_t extent = x[static_cast<int>(i)];
    if (ReachesOnlyInside(params.starts[i], params.steps[i], params.sizes[i], extent)) continue;
    return absl::InvalidArgumentError(absl::StrFormat(
        "Slice takes %d elements from index %d in steps of %d along dimension %d, but it must stay "
        "inside the extent %d, take at least 1 and have a step other than 0",
        params.sizes[i], params.starts[i], params.steps[i], i, extent));
  }
  return OneOutput("Slice", Shape(std::span<const int64_t>(params.sizes)), inputs[0].dtype);
}

OpCost EstimateCost(const SliceParams&, std::span<const TensorSpec>,
                    std::span<const TensorSpec> outputs) {
  return {0, 2 * BytesOf({}, outputs)};
}

std::string AttributesOf(const SliceParams& params) {
  const bool contiguous =
      std::all_of(params.steps.begin(), params.steps.end(), [](int64_t step) { return step == 1; });
  return JoinAttributes({absl::StrFormat("starts=%s", ListText(params.starts)),
                         contiguous ? "" : absl::StrFormat("steps=%s", ListText(params.steps)),
                         absl::StrFormat("sizes=%s", ListText(params.sizes))});
}

}  // namespace convoy::compute
