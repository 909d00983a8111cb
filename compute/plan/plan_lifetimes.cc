#include "compute/plan/plan_lifetimes.h"

namespace convoy::compute {

PlanLifetimes FindLifetimes(const Plan& plan) {
  PlanLifetimes lifetimes;
  lifetimes.block.assign(plan.values.size(), kNotInArena);
  const auto extend = [&](int value, int step) {
    const int block = lifetimes.block[value];
    if (block != kNotInArena) lifetimes.blocks[block].last = step;
  };
  for (int step = 0; step < static_cast<int>(plan.steps.size()); ++step) {
    for (const int input : plan.steps[step].inputs) extend(input, step);
    for (const int output : plan.steps[step].outputs) {
      lifetimes.block[output] = static_cast<int>(lifetimes.blocks.size());
      lifetimes.blocks.push_back({plan.values[output].spec.bytes(), step, step});
    }
  }
  for (const int output : plan.outputs) extend(output, static_cast<int>(plan.steps.size()));
  return lifetimes;
}

}  // namespace convoy::compute
