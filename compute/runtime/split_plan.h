// Cuts a plan into parts that run one after another on two devices: what a device without a kernel
// for some step needs. Pure.
//
//   for (const PlanPart& part : SplitPlan(plan, {false, true, false})) ...   // three parts
#pragma once

#include <vector>

#include "compute/plan/plan.h"

namespace convoy::compute {

struct PlanPart {
  bool second = false;  // of the two devices
  Plan plan;
  // The whole plan's values that the part's inputs and outputs are, in their order.
  std::vector<int> inputs;
  std::vector<int> outputs;
};

// `second` has an entry a step. Neighbours on the same device make one part; a part's outputs are
// what later parts and the whole plan's outputs need. Constants are shared, not copied.
std::vector<PlanPart> SplitPlan(const Plan& plan, const std::vector<bool>& second);

}  // namespace convoy::compute
