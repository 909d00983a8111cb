// VkResult as absl::Status.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "volk.h"

namespace convoy::compute {

// OK for VK_SUCCESS; UNAVAILABLE when the device is lost, RESOURCE_EXHAUSTED when memory is,
// INTERNAL otherwise. `call` names what was called: "vkCreateDevice".
absl::Status VulkanStatus(VkResult result, std::string_view call);

}  // namespace convoy::compute

#define CONVOY_RETURN_IF_VK_ERROR(expression, call) \
  CONVOY_RETURN_IF_ERROR(::convoy::compute::VulkanStatus((expression), (call)))
