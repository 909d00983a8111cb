#include "compute/ops/move/indices_vulkan.h"

#include <bit>
#include <vector>

#include "compute/ops/launch_vulkan.h"

namespace convoy::compute {

absl::StatusOr<VulkanOperand> UploadIndexTable(const Shape& data, int first, int count,
                                               VulkanStepBuilder& builder) {
  const Index strides = StridesOf(data);
  std::vector<float> words;
  for (int i = first; i < first + count; ++i) {
    words.push_back(std::bit_cast<float>(static_cast<int32_t>(data[i])));
    words.push_back(std::bit_cast<float>(static_cast<int32_t>(strides[i])));
  }
  return UploadFloats(words, builder);
}

}  // namespace convoy::compute
