#include "compute/vulkan/vulkan_status.h"

#include "compute/base/status.h"

namespace convoy::compute {

absl::Status VulkanStatus(VkResult result, std::string_view call) {
  switch (result) {
    case VK_SUCCESS:
      return absl::OkStatus();
    case VK_ERROR_DEVICE_LOST:
      return absl::UnavailableError(
          absl::StrFormat("The Vulkan device is lost: %s gives VK_ERROR_DEVICE_LOST", call));
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
      return absl::ResourceExhaustedError(
          absl::StrFormat("%s finds no more memory on the Vulkan device", call));
    case VK_ERROR_OUT_OF_HOST_MEMORY:
      return absl::ResourceExhaustedError(absl::StrFormat("%s finds no more host memory", call));
    default:
      return absl::InternalError(absl::StrFormat("%s fails with VkResult %d", call, result));
  }
}

}  // namespace convoy::compute
