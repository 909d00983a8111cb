// What stands before each dispatch of a plan when it is recorded: nothing, a barrier, or the end of
// a submission. Barriers stand between groups of dispatches that touch each other's bytes, and only
// there, so that what is independent runs side by side. Pure.
#pragma once

#include <span>
#include <vector>

#include "compute/vulkan/hazards.h"

namespace convoy::compute {

enum class Before { kNothing, kBarrier, kNextSubmission };

struct DispatchAccess {
  std::vector<ByteRange> reads;
  ByteRange write;
  double flops = 0;
};

// A submission takes dispatches up to `flops_per_submission`, and always one. What begins a
// submission waits for all before.
std::vector<Before> OrderDispatches(std::span<const DispatchAccess> dispatches,
                                    double flops_per_submission);

}  // namespace convoy::compute
