// Vulkan: all pixels of channel quads.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/reduce/fold_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {

VulkanLayouts ChooseLayouts(const GlobalPoolParams&, const VulkanStepShape& shape) {
  return SameLayout(kC4Layout, shape);
}

absl::Status RecordVulkan(const GlobalPoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t pixels = x.d * x.h * x.w;
  const bool is_max = params.kind == PoolKind::kMax;
  return RecordImageFold({.combine = is_max ? FoldCombine::kLargest : FoldCombine::kAdd,
                          .finish = is_max ? FoldFinish::kNone : FoldFinish::kAverage,
                          .total = pixels},
                         builder);
}

}  // namespace convoy::compute
