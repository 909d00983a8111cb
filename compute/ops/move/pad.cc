#include "compute/ops/move/pad.h"

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

const char* ModeName(PadMode mode) {
  switch (mode) {
    case PadMode::kConstant:
      return "constant";
    case PadMode::kReflect:
      return "reflect";
    case PadMode::kEdge:
      return "edge";
  }
  return "";
}

absl::Status CheckPads(const PadParams& params, int64_t begin, int64_t end, int64_t extent) {
  const int64_t most = params.mode == PadMode::kReflect ? extent - 1 : kMaxTensorElements;
  for (const int64_t pad : {begin, end}) {
    if (pad >= -kMaxTensorElements && pad <= most) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("Pad adds %d elements in %s mode to a dimension of %d, but may add %d", pad,
                        ModeName(params.mode), extent, most));
  }
  if (begin + extent + end < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Pad crops %d and %d elements of a dimension of %d, but must leave 1",
                        -begin, -end, extent));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const PadParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Pad", inputs, 1, 1));
  const Shape& x = inputs[0].shape;
  const size_t rank = static_cast<size_t>(x.rank());
  if (params.begins.size() != rank || params.ends.size() != rank) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "Pad has %d begins and %d ends, but each must have %d entries for the shape %s",
        params.begins.size(), params.ends.size(), rank, x.ToString()));
  }
  Shape y;
  for (size_t i = 0; i < rank; ++i) {
    const int64_t extent = x[static_cast<int>(i)];
    CONVOY_RETURN_IF_ERROR(CheckPads(params, params.begins[i], params.ends[i], extent));
    y.Append(params.begins[i] + extent + params.ends[i]);
  }
  return OneOutput("Pad", y);
}

OpCost EstimateCost(const PadParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {0, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const PadParams& params) {
  return JoinAttributes(
      {params.mode == PadMode::kConstant ? "" : absl::StrFormat("mode=%s", ModeName(params.mode)),
       absl::StrFormat("pads=%s,%s", ListText(params.begins), ListText(params.ends)),
       params.value == 0 ? "" : absl::StrFormat("value=%g", params.value)});
}

}  // namespace convoy::compute
