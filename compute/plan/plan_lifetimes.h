// When each computed value of a plan exists: what PlanMemory needs to give it a place. Pure.
//
//   const PlanLifetimes lifetimes = FindLifetimes(plan);
//   const MemoryLayout layout = PlanMemory(lifetimes.blocks, 64);
//   const int64_t offset = layout.offsets[lifetimes.block[value]];
#pragma once

#include <vector>

#include "compute/plan/memory_planner.h"
#include "compute/plan/plan.h"

namespace convoy::compute {

inline constexpr int kNotInArena = -1;

struct PlanLifetimes {
  std::vector<BlockLifetime> blocks;  // one a step output, in the order of the steps
  std::vector<int> block;             // of each value; kNotInArena for inputs and constants
};

// A value lives from the step that makes it to the last that reads it; outputs outlive all steps.
PlanLifetimes FindLifetimes(const Plan& plan);

}  // namespace convoy::compute
