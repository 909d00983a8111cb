#include "compute/vulkan/dispatch_order.h"

namespace convoy::compute {

std::vector<Before> OrderDispatches(std::span<const DispatchAccess> dispatches,
                                    double flops_per_submission) {
  std::vector<Before> order;
  HazardTracker hazards;
  double flops = 0;
  for (const DispatchAccess& dispatch : dispatches) {
    const bool full = flops > 0 && flops + dispatch.flops > flops_per_submission;
    if (full) {
      hazards.Clear();
      flops = 0;
    }
    flops += dispatch.flops;
    const bool barrier = hazards.NextNeedsBarrier(dispatch.reads, {&dispatch.write, 1});
    order.push_back(full ? Before::kNextSubmission : barrier ? Before::kBarrier : Before::kNothing);
  }
  return order;
}

}  // namespace convoy::compute
