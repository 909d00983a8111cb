// Packed weights in the memory of one Vulkan device, each content once: sessions that pack equal
// bytes in an equal way (the batch buckets of a model, versions that share layers) share them. What
// no session holds any more is freed with its block.
//
// Not thread-safe: the device lets one Compile at a time use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "compute/vulkan/buffer.h"

namespace convoy::compute {

// Where packed weights lie. `buffer` is null until Flush.
struct PlacedWeights {
  std::shared_ptr<VulkanBuffer> buffer;
  int64_t offset = 0;
  int64_t bytes = 0;  // with the zeros that follow the values
};

class VulkanWeights {
 public:
  using Handle = std::shared_ptr<const PlacedWeights>;

  explicit VulkanWeights(VulkanDevice& device) : device_(device) {}

  // With `halves`, what `pack` returns is rounded to halves (the nearest; infinity beyond 65504).
  absl::StatusOr<Handle> Get(const HostTensor& values, std::string_view packing, bool halves,
                             const std::function<std::vector<float>(std::span<const float>)>& pack);

  // Places and uploads everything that Get packed since the last time.
  absl::Status Flush();

 private:
  struct Pending {
    std::shared_ptr<PlacedWeights> placed;
    std::vector<std::byte> bytes;
  };
  using Key = std::pair<uint64_t, uint64_t>;

  absl::Status Upload(std::shared_ptr<VulkanBuffer>& block);

  VulkanDevice& device_;
  std::map<Key, std::weak_ptr<const PlacedWeights>> by_content_;
  std::vector<Pending> pending_;
  int64_t pending_bytes_ = 0;
};

}  // namespace convoy::compute
