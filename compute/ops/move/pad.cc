#include "compute/ops/move/pad.h"

#include <algorithm>

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
    case PadMode::kWrap:
      return "wrap";
  }
  return "";
}

// The coordinate of x that shows at `i`, which may lie outside [0, extent).
int64_t SourceOf(PadMode mode, int64_t i, int64_t extent) {
  if (i >= 0 && i < extent) return i;
  switch (mode) {
    case PadMode::kConstant:
      return kOutsideTap;
    case PadMode::kReflect: {
      if (extent == 1) return 0;
      const int64_t period = 2 * (extent - 1);
      const int64_t place = (i % period + period) % period;
      return std::min(place, period - place);
    }
    case PadMode::kEdge:
      return std::clamp<int64_t>(i, 0, extent - 1);
    case PadMode::kWrap:
      return (i % extent + extent) % extent;
  }
  return kOutsideTap;
}

absl::Status CheckPads(int64_t begin, int64_t end, int64_t extent) {
  for (const int64_t pad : {begin, end}) {
    if (pad >= -kMaxTensorElements && pad <= kMaxTensorElements) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("Pad adds %d elements to a dimension of %d, but may add %d", pad, extent,
                        kMaxTensorElements));
  }
  if (begin + extent + end < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Pad crops %d and %d elements of a dimension of %d, but must leave 1",
                        -begin, -end, extent));
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<AxisTable> PadTables(const PadParams& params, const Shape& x) {
  std::vector<AxisTable> tables(static_cast<size_t>(x.rank()));
  for (int axis = 0; axis < x.rank(); ++axis) {
    const int64_t end = x[axis] + params.ends[static_cast<size_t>(axis)];
    for (int64_t i = -params.begins[static_cast<size_t>(axis)]; i < end; ++i) {
      tables[static_cast<size_t>(axis)].AddMove(SourceOf(params.mode, i, x[axis]));
    }
  }
  return tables;
}

absl::StatusOr<TensorSpecs> InferShapes(const PadParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Pad", inputs, 1, 1, ElementTypes::kAny));
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
    CONVOY_RETURN_IF_ERROR(CheckPads(params.begins[i], params.ends[i], extent));
    y.Append(params.begins[i] + extent + params.ends[i]);
  }
  return OneOutput("Pad", y, inputs[0].dtype);
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
