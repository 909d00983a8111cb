// Compiled kernels of one device, each made once: (catalog name, specialization constants) ->
// VkPipeline. The driver's own cache is kept on disk between runs where it says anything.
//
// Thread-safe. Must be destroyed before its device.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/vulkan/device.h"

namespace convoy::compute {

// Which operands of a kernel lie in memory as halves (shaders/include/tensor.glsl).
inline constexpr uint32_t kHalvesConstant = 31;

class VulkanPipelines {
 public:
  // `cache_file` is where the driver's cache lies; empty for none. A corrupt or foreign file is the
  // same as none.
  VulkanPipelines(VulkanDevice& device, std::string cache_file);
  ~VulkanPipelines();
  VulkanPipelines(const VulkanPipelines&) = delete;
  VulkanPipelines& operator=(const VulkanPipelines&) = delete;

  // `constants` are the values of the specialization constants 0 (the workgroup's size),
  // kHalvesConstant, 1, 2, ... NOT_FOUND: no such shader in the catalog. UNIMPLEMENTED: the driver
  // does not compile it; it is not tried again.
  absl::StatusOr<VkPipeline> Get(std::string_view shader, const std::vector<uint32_t>& constants);

  // Writes the driver's cache to the file when it grew. Errors are logged, not returned: the cache
  // only saves time.
  void Save();

 private:
  using Key = std::pair<std::string, std::vector<uint32_t>>;

  absl::StatusOr<VkPipeline> Compile(std::string_view shader,
                                     const std::vector<uint32_t>& constants);
  void Discard() const;

  VulkanDevice& device_;
  const std::string cache_file_;
  std::mutex mutex_;  // guards what follows
  VkPipelineCache cache_ = VK_NULL_HANDLE;
  size_t saved_bytes_ = 0;
  std::map<Key, absl::StatusOr<VkPipeline>> pipelines_;
};

}  // namespace convoy::compute
