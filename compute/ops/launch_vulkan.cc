#include "compute/ops/launch_vulkan.h"

#include <algorithm>
#include <vector>

namespace convoy::compute {

bool HasChannels(const Shape& shape) { return shape.rank() >= 2 && shape.rank() <= 5; }

ChannelDims ChannelDimsOf(const Shape& shape) {
  return {shape[0], shape[1], shape.elements() / (shape[0] * shape[1])};
}

VulkanLayouts SameLayout(int layout, const VulkanStepShape& shape) {
  VulkanLayouts layouts;
  layouts.inputs.assign(shape.inputs.size(), layout);
  layouts.outputs.assign(shape.outputs.size(), layout);
  return layouts;
}

bool LiesInChannels(const VulkanStepShape& shape) { return shape.layouts[0] == kC4Layout; }

std::string_view ElementVariant(DType in, DType out) {
  if (in != DType::kFloat32) return "_words";
  return out == DType::kBool ? "_test" : "";
}

uint32_t WordBits(DType dtype) {
  return static_cast<uint32_t>(std::min<int64_t>(SizeOf(dtype), 4) * 8);
}

absl::StatusOr<VulkanOperand> UploadFloats(std::span<const float> floats,
                                           VulkanStepBuilder& builder) {
  const HostTensor values =
      HostTensor::FromFloats(Shape{static_cast<int64_t>(floats.size())}, floats);
  return builder.Weights(values, "floats", [](std::span<const float> given) {
    return std::vector<float>(given.begin(), given.end());
  });
}

}  // namespace convoy::compute
