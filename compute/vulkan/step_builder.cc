#include "compute/vulkan/step_builder.h"

#include "compute/base/checked.h"

namespace convoy::compute {

int64_t VulkanTensor::vec4s() const {
  return layout == VulkanLayout::kC4 ? quads() * plane : DivideUp(spec.elements(), 4);
}

}  // namespace convoy::compute
