#include "compute/vulkan/pipelines.h"

#include <filesystem>
#include <optional>
#include <system_error>

#include "compute/base/cache_file.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/vulkan/cache_key.h"
#include "compute/vulkan/shader_catalog.h"
#include "compute/vulkan/vulkan_status.h"

namespace convoy::compute {
namespace {

// What lavapipe writes: a header and nothing in it.
constexpr size_t kEmptyCacheBytes = 32;

}  // namespace

VulkanPipelines::VulkanPipelines(VulkanDevice& device, std::string cache_file)
    : device_(device), cache_file_(std::move(cache_file)) {
  std::optional<std::string> saved;
  if (const auto file = cache_file_.empty() ? std::nullopt : ReadCacheFile(cache_file_)) {
    saved = OpenSealedCache(CacheKey(device_.snapshot()), *file);
    if (!saved.has_value()) Discard();
  }
  VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
  if (saved.has_value()) {
    info.initialDataSize = saved->size();
    info.pInitialData = saved->data();
    saved_bytes_ = saved->size();
  }
  if (vkCreatePipelineCache(device_.handle(), &info, nullptr, &cache_) != VK_SUCCESS) {
    cache_ = VK_NULL_HANDLE;
  }
}

// Drivers that have nothing to save would leave the file for every later start to complain about.
void VulkanPipelines::Discard() const {
  LogInfo("the pipeline cache '%s' is damaged or was written for another driver; it is made anew",
          cache_file_);
  std::error_code error;
  std::filesystem::remove(cache_file_, error);
}

VulkanPipelines::~VulkanPipelines() {
  Save();
  for (auto& [key, pipeline] : pipelines_) {
    if (pipeline.ok()) vkDestroyPipeline(device_.handle(), *pipeline, nullptr);
  }
  vkDestroyPipelineCache(device_.handle(), cache_, nullptr);
}

absl::StatusOr<VkPipeline> VulkanPipelines::Get(std::string_view shader,
                                                const std::vector<uint32_t>& constants) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Key key(shader, constants);
  auto found = pipelines_.find(key);
  if (found == pipelines_.end()) {
    found = pipelines_.emplace(std::move(key), Compile(shader, constants)).first;
  }
  return found->second;
}

absl::StatusOr<VkPipeline> VulkanPipelines::Compile(std::string_view shader,
                                                    const std::vector<uint32_t>& constants) {
  const ShaderCode* code = FindShader(shader);
  if (code == nullptr) {
    return absl::NotFoundError(absl::StrFormat("The catalog has no shader '%s'", shader));
  }
  const VkShaderModuleCreateInfo module_info{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                             .codeSize = code->words.size_bytes(),
                                             .pCode = code->words.data()};
  VkShaderModule module = VK_NULL_HANDLE;
  CONVOY_RETURN_IF_VK_ERROR(vkCreateShaderModule(device_.handle(), &module_info, nullptr, &module),
                            "vkCreateShaderModule");
  std::vector<VkSpecializationMapEntry> entries;
  for (uint32_t i = 0; i < constants.size(); ++i) {
    const uint32_t id = i == 0 ? 0 : i == 1 ? kHalvesConstant : i - 1;
    entries.push_back({id, i * 4, 4});
  }
  const VkSpecializationInfo specialization{static_cast<uint32_t>(entries.size()), entries.data(),
                                            constants.size() * 4, constants.data()};
  VkComputePipelineCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
                                   .layout = device_.pipeline_layout()};
  info.stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                .module = module,
                .pName = "main",
                .pSpecializationInfo = &specialization};
  VkPipeline pipeline = VK_NULL_HANDLE;
  const VkResult result =
      vkCreateComputePipelines(device_.handle(), cache_, 1, &info, nullptr, &pipeline);
  vkDestroyShaderModule(device_.handle(), module, nullptr);
  if (result != VK_SUCCESS || pipeline == VK_NULL_HANDLE) {
    return absl::UnimplementedError(
        absl::StrFormat("The driver of '%s' does not compile shader '%s' (VkResult %d)",
                        device_.snapshot().name, shader, result));
  }
  return pipeline;
}

void VulkanPipelines::Save() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (cache_ == VK_NULL_HANDLE || cache_file_.empty()) return;
  size_t size = 0;
  if (vkGetPipelineCacheData(device_.handle(), cache_, &size, nullptr) != VK_SUCCESS) return;
  if (size <= kEmptyCacheBytes || size <= saved_bytes_) return;
  std::string bytes(size, '\0');
  if (vkGetPipelineCacheData(device_.handle(), cache_, &size, bytes.data()) != VK_SUCCESS) return;
  bytes.resize(size);
  if (!WriteCacheFile(cache_file_, SealCache(CacheKey(device_.snapshot()), bytes))) {
    LogDebug("The Vulkan pipeline cache '%s' cannot be written", cache_file_);
  }
  saved_bytes_ = size;
}

}  // namespace convoy::compute
