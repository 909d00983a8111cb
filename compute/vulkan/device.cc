#include "compute/vulkan/device.h"

#include <array>
#include <utility>

#include "compute/base/status.h"
#include "compute/vulkan/vulkan_status.h"

namespace convoy::compute {
namespace {

absl::Status LostError() {
  return absl::UnavailableError("The Vulkan device is lost; it must be opened again");
}

}  // namespace

VulkanDevice::VulkanDevice(std::shared_ptr<VulkanInstance> instance, DeviceSnapshot snapshot,
                           DevicePlan plan)
    : instance_(std::move(instance)), snapshot_(std::move(snapshot)), plan_(std::move(plan)) {}

absl::StatusOr<std::unique_ptr<VulkanDevice>> VulkanDevice::Create(
    std::shared_ptr<VulkanInstance> instance, VkPhysicalDevice physical, DeviceSnapshot snapshot,
    DevicePlan plan) {
  std::unique_ptr<VulkanDevice> device(
      new VulkanDevice(std::move(instance), std::move(snapshot), std::move(plan)));
  CONVOY_RETURN_IF_ERROR(device->Open(physical));
  CONVOY_RETURN_IF_ERROR(device->CreateLayouts());
  return device;
}

absl::Status VulkanDevice::Open(VkPhysicalDevice physical) {
  memory_.emplace(physical, snapshot_, plan_);
  const float priority = 1;
  const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                      .queueFamilyIndex = plan_.queue_family,
                                      .queueCount = 1,
                                      .pQueuePriorities = &priority};
  const VkPhysicalDeviceTimelineSemaphoreFeatures timeline{
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
      .timelineSemaphore = VK_TRUE};
  const VkDeviceCreateInfo info{
      .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
      .pNext = &timeline,
      .queueCreateInfoCount = 1,
      .pQueueCreateInfos = &queue,
      .enabledExtensionCount = static_cast<uint32_t>(plan_.extensions.size()),
      .ppEnabledExtensionNames = plan_.extensions.data()};
  CONVOY_RETURN_IF_VK_ERROR(vkCreateDevice(physical, &info, nullptr, &device_), "vkCreateDevice");
  vkGetDeviceQueue(device_, plan_.queue_family, 0, &queue_);

  const bool core = snapshot_.api_version >= VK_API_VERSION_1_2;
  wait_semaphores_ = core ? vkWaitSemaphores : vkWaitSemaphoresKHR;
  const VkSemaphoreTypeCreateInfo type{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                       .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
  const VkSemaphoreCreateInfo semaphore{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                        .pNext = &type};
  return VulkanStatus(vkCreateSemaphore(device_, &semaphore, nullptr, &timeline_),
                      "vkCreateSemaphore");
}

absl::Status VulkanDevice::CreateLayouts() {
  std::array<VkDescriptorSetLayoutBinding, kFirstTexelBinding + kInputBindings> bindings{};
  for (uint32_t i = 0; i < bindings.size(); ++i) {
    bindings[i] = {.binding = i,
                   .descriptorType = i < kFirstTexelBinding
                                         ? VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
                                         : VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER,
                   .descriptorCount = 1,
                   .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
  }
  const VkDescriptorSetLayoutCreateInfo set{
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
      .bindingCount = static_cast<uint32_t>(bindings.size()),
      .pBindings = bindings.data()};
  CONVOY_RETURN_IF_VK_ERROR(vkCreateDescriptorSetLayout(device_, &set, nullptr, &set_layout_),
                            "vkCreateDescriptorSetLayout");
  const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = kPushBytes};
  const VkPipelineLayoutCreateInfo layout{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                          .setLayoutCount = 1,
                                          .pSetLayouts = &set_layout_,
                                          .pushConstantRangeCount = 1,
                                          .pPushConstantRanges = &push};
  return VulkanStatus(vkCreatePipelineLayout(device_, &layout, nullptr, &pipeline_layout_),
                      "vkCreatePipelineLayout");
}

VulkanDevice::~VulkanDevice() {
  if (device_ == VK_NULL_HANDLE) return;
  vkDeviceWaitIdle(device_);
  vkDestroySemaphore(device_, timeline_, nullptr);
  vkDestroyPipelineLayout(device_, pipeline_layout_, nullptr);
  vkDestroyDescriptorSetLayout(device_, set_layout_, nullptr);
  vkDestroyDevice(device_, nullptr);
}

absl::Status VulkanDevice::Check(VkResult result, const char* call) {
  if (result == VK_ERROR_DEVICE_LOST) lost_ = true;
  return VulkanStatus(result, call);
}

absl::StatusOr<uint64_t> VulkanDevice::Submit(std::span<const VkCommandBuffer> commands) {
  if (lost_) return LostError();
  const std::lock_guard<std::mutex> lock(queue_mutex_);
  const uint64_t moment = last_moment_ + 1;
  for (size_t i = 0; i < commands.size(); ++i) {
    const VkTimelineSemaphoreSubmitInfo signal{
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &moment};
    VkSubmitInfo submit{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                        .commandBufferCount = 1,
                        .pCommandBuffers = &commands[i]};
    if (i + 1 == commands.size()) {
      submit.pNext = &signal;
      submit.signalSemaphoreCount = 1;
      submit.pSignalSemaphores = &timeline_;
    }
    CONVOY_RETURN_IF_ERROR(
        Check(vkQueueSubmit(queue_, 1, &submit, VK_NULL_HANDLE), "vkQueueSubmit"));
  }
  last_moment_ = moment;
  return moment;
}

absl::Status VulkanDevice::Wait(uint64_t moment) {
  if (lost_) return LostError();
  const VkSemaphoreWaitInfo wait{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                 .semaphoreCount = 1,
                                 .pSemaphores = &timeline_,
                                 .pValues = &moment};
  return Check(wait_semaphores_(device_, &wait, UINT64_MAX), "vkWaitSemaphores");
}

}  // namespace convoy::compute
