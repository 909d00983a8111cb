#include "compute/vulkan/commands.h"

#include <algorithm>

#include "compute/base/status.h"
#include "compute/vulkan/vulkan_status.h"

namespace convoy::compute {
namespace {

constexpr VkPipelineStageFlags kDeviceStages =
    VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
constexpr VkAccessFlags kDeviceWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags kDeviceReads = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT;

}  // namespace

absl::StatusOr<std::unique_ptr<DescriptorSets>> DescriptorSets::Create(VulkanDevice& device,
                                                                       size_t count) {
  std::unique_ptr<DescriptorSets> sets(new DescriptorSets(device));
  const uint32_t sets_count = static_cast<uint32_t>(std::max<size_t>(count, 1));
  const VkDescriptorPoolSize sizes[] = {
      {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, (kInputBindings + 1) * sets_count},
      {VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, kInputBindings * sets_count}};
  const VkDescriptorPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                        .maxSets = sets_count,
                                        .poolSizeCount = 2,
                                        .pPoolSizes = sizes};
  CONVOY_RETURN_IF_VK_ERROR(vkCreateDescriptorPool(device.handle(), &info, nullptr, &sets->pool_),
                            "vkCreateDescriptorPool");
  return sets;
}

DescriptorSets::~DescriptorSets() { vkDestroyDescriptorPool(device_.handle(), pool_, nullptr); }

absl::StatusOr<VkDescriptorSet> DescriptorSets::Add(
    const std::array<BufferSlice, kInputBindings>& inputs, const BufferSlice& output, bool texels) {
  const VkDescriptorSetLayout layout = device_.set_layout();
  const VkDescriptorSetAllocateInfo allocate{
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
      .descriptorPool = pool_,
      .descriptorSetCount = 1,
      .pSetLayouts = &layout};
  VkDescriptorSet set = VK_NULL_HANDLE;
  CONVOY_RETURN_IF_VK_ERROR(vkAllocateDescriptorSets(device_.handle(), &allocate, &set),
                            "vkAllocateDescriptorSets");
  std::array<VkDescriptorBufferInfo, kInputBindings + 1> storage;
  std::array<VkBufferView, kInputBindings> views;
  std::array<VkWriteDescriptorSet, kInputBindings + 1> writes;
  uint32_t count = 0;
  for (uint32_t i = 0; i <= kInputBindings; ++i) {
    const bool is_output = i == kInputBindings;
    const bool is_used = is_output || inputs[i].buffer != nullptr;
    // A kernel may name a binding that its constants switch off; it must be valid all the same.
    const BufferSlice& slice = is_output ? output : inputs[is_used ? i : 0];
    if (slice.buffer == nullptr) continue;
    VkWriteDescriptorSet& write = writes[count++];
    write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, .dstSet = set, .descriptorCount = 1};
    if (texels && !is_output) {
      views[i] = slice.halves ? slice.buffer->half_texels() : slice.buffer->texels();
      write.dstBinding = kFirstTexelBinding + i;
      write.descriptorType = VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
      write.pTexelBufferView = &views[i];
    } else {
      storage[i] = {slice.buffer->handle(), static_cast<VkDeviceSize>(slice.offset),
                    static_cast<VkDeviceSize>(slice.bytes)};
      write.dstBinding = is_output ? kOutputBinding : i;
      write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
      write.pBufferInfo = &storage[i];
    }
  }
  vkUpdateDescriptorSets(device_.handle(), count, writes.data(), 0, nullptr);
  return set;
}

absl::StatusOr<std::unique_ptr<CommandList>> CommandList::Create(VulkanDevice& device,
                                                                 uint32_t timestamps) {
  std::unique_ptr<CommandList> list(new CommandList(device));
  const VkCommandPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                     .queueFamilyIndex = device.plan().queue_family};
  CONVOY_RETURN_IF_VK_ERROR(vkCreateCommandPool(device.handle(), &info, nullptr, &list->pool_),
                            "vkCreateCommandPool");
  list->timestamps_ = timestamps;
  if (timestamps == 0) return list;
  const VkQueryPoolCreateInfo queries{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                      .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                      .queryCount = timestamps};
  CONVOY_RETURN_IF_VK_ERROR(vkCreateQueryPool(device.handle(), &queries, nullptr, &list->queries_),
                            "vkCreateQueryPool");
  return list;
}

CommandList::~CommandList() {
  vkDestroyQueryPool(device_.handle(), queries_, nullptr);
  vkDestroyCommandPool(device_.handle(), pool_, nullptr);
}

absl::Status CommandList::Begin() {
  const VkCommandBufferAllocateInfo allocate{
      .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
      .commandPool = pool_,
      .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
      .commandBufferCount = 1};
  VkCommandBuffer buffer = VK_NULL_HANDLE;
  CONVOY_RETURN_IF_VK_ERROR(vkAllocateCommandBuffers(device_.handle(), &allocate, &buffer),
                            "vkAllocateCommandBuffers");
  const bool first = buffers_.empty();
  buffers_.push_back(buffer);
  const VkCommandBufferBeginInfo begin{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  CONVOY_RETURN_IF_VK_ERROR(vkBeginCommandBuffer(buffer, &begin), "vkBeginCommandBuffer");
  if (first && timestamps_ > 0) vkCmdResetQueryPool(buffer, queries_, 0, timestamps_);
  return absl::OkStatus();
}

absl::Status CommandList::End() {
  return VulkanStatus(vkEndCommandBuffer(buffers_.back()), "vkEndCommandBuffer");
}

void CommandList::Dispatch(VkPipeline pipeline, VkDescriptorSet set,
                           std::span<const std::byte> push, const std::array<uint32_t, 3>& groups) {
  const VkCommandBuffer commands = buffers_.back();
  vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
  vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, device_.pipeline_layout(), 0, 1,
                          &set, 0, nullptr);
  vkCmdPushConstants(commands, device_.pipeline_layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                     static_cast<uint32_t>(push.size()), push.data());
  vkCmdDispatch(commands, groups[0], groups[1], groups[2]);
}

void CommandList::Copy(const BufferSlice& from, const BufferSlice& to) {
  const VkBufferCopy region{static_cast<VkDeviceSize>(from.offset),
                            static_cast<VkDeviceSize>(to.offset),
                            static_cast<VkDeviceSize>(from.bytes)};
  vkCmdCopyBuffer(buffers_.back(), from.buffer->handle(), to.buffer->handle(), 1, &region);
}

void CommandList::Zero(const BufferSlice& slice) {
  vkCmdFillBuffer(buffers_.back(), slice.buffer->handle(), static_cast<VkDeviceSize>(slice.offset),
                  static_cast<VkDeviceSize>(slice.bytes), 0);
}

void CommandList::Barrier() {
  const VkMemoryBarrier barrier{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                .srcAccessMask = kDeviceWrites,
                                .dstAccessMask = kDeviceReads | kDeviceWrites};
  vkCmdPipelineBarrier(buffers_.back(), kDeviceStages, kDeviceStages, 0, 1, &barrier, 0, nullptr, 0,
                       nullptr);
}

void CommandList::BarrierToHost() {
  const VkMemoryBarrier barrier{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                .srcAccessMask = kDeviceWrites,
                                .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
  vkCmdPipelineBarrier(buffers_.back(), kDeviceStages, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier,
                       0, nullptr, 0, nullptr);
}

void CommandList::Timestamp(uint32_t index) {
  vkCmdWriteTimestamp(buffers_.back(), VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_, index);
}

absl::StatusOr<std::vector<double>> CommandList::ReadTimestamps() const {
  std::vector<uint64_t> ticks(timestamps_);
  CONVOY_RETURN_IF_VK_ERROR(
      vkGetQueryPoolResults(device_.handle(), queries_, 0, timestamps_, ticks.size() * 8,
                            ticks.data(), 8, VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT),
      "vkGetQueryPoolResults");
  const double period = device_.snapshot().timestamp_ns;
  std::vector<double> nanoseconds;
  for (const uint64_t tick : ticks) {
    nanoseconds.push_back(static_cast<double>(tick - ticks[0]) * period);
  }
  return nanoseconds;
}

}  // namespace convoy::compute
