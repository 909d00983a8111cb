// The Vulkan loader and one VkInstance. The loader is opened at run time: a machine without it gets
// a status, not a program that does not start.
//
//   CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<VulkanInstance> instance, VulkanInstance::Create({}));
//   for (VkPhysicalDevice device : instance->physical_devices()) ...
//
// Thread-safe after creation.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "volk.h"

namespace convoy::compute {

struct VulkanInstanceOptions {
  bool validation = false;  // the Khronos layer with synchronization validation
  int software_threads =
      0;  // of software drivers, 0 = their own choice; the first instance decides for the process
};

class VulkanInstance {
 public:
  // NOT_FOUND when there is no loader or no driver; FAILED_PRECONDITION when validation is asked
  // for and its layer is not installed.
  static absl::StatusOr<std::shared_ptr<VulkanInstance>> Create(
      const VulkanInstanceOptions& options);
  ~VulkanInstance();
  VulkanInstance(const VulkanInstance&) = delete;
  VulkanInstance& operator=(const VulkanInstance&) = delete;

  VkInstance handle() const { return instance_; }
  bool validation() const { return messenger_ != VK_NULL_HANDLE; }
  std::span<const VkPhysicalDevice> physical_devices() const { return physical_devices_; }

 private:
  VulkanInstance() = default;
  absl::Status Open(const VulkanInstanceOptions& options);
  absl::Status CreateMessenger();
  absl::Status ListDevices();

  VkInstance instance_ = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
  std::vector<VkPhysicalDevice> physical_devices_;
};

// Validation messages of warning or error severity since the process started.
int VulkanMessageCount();

}  // namespace convoy::compute
