// Seeded random tensors for inputs of a plan: the same seed gives the same bytes on every machine.
// Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "compute/plan/plan.h"

namespace convoy::models {

// One tensor an input. Floating point is uniform in [-1, 1), integers in 0..9, BOOL 0 or 1: values
// that pictures, indices and masks could have.
std::vector<compute::HostTensor> RandomInputs(const compute::Plan& plan, uint64_t seed);

}  // namespace convoy::models
