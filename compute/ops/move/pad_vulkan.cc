// Vulkan: tables of the source of every coordinate.
#include <algorithm>

#include "compute/ops/launch_vulkan.h"
#include "compute/ops/move/sample_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

int64_t SourceOf(PadMode mode, int64_t i, int64_t extent) {
  if (i >= 0 && i < extent) return i;
  switch (mode) {
    case PadMode::kConstant:
      return kOutsideTap;
    case PadMode::kReflect:
      return i < 0 ? -i : 2 * (extent - 1) - i;
    case PadMode::kEdge:
      return std::clamp<int64_t>(i, 0, extent - 1);
  }
  return kOutsideTap;
}

std::vector<AxisTable> MakeTables(const PadParams& params, const Shape& x) {
  std::vector<AxisTable> tables(static_cast<size_t>(x.rank()));
  for (int axis = 0; axis < x.rank(); ++axis) {
    const int64_t end = x[axis] + params.ends[axis];
    for (int64_t i = -params.begins[axis]; i < end; ++i) {
      const int64_t source = SourceOf(params.mode, i, x[axis]);
      tables[axis].push_back({source, source, 0});
    }
  }
  return tables;
}

}  // namespace

VulkanLayouts ChooseLayouts(const PadParams& params, const VulkanStepShape& shape) {
  const Shape& x = shape.inputs[0].shape;
  // Images go to channel quads, where one launch does all dimensions and the next step wants them.
  const bool image = x.rank() > 2 || LiesInChannels(shape);
  const bool channels = image && FitsChannelSample(MakeTables(params, x), x);
  return SameLayout(channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const PadParams& params, VulkanStepBuilder& builder) {
  return RecordSample(MakeTables(params, builder.input(0).spec.shape), params.value, builder);
}

}  // namespace convoy::compute
