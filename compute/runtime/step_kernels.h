// Which kernel a session chose for each step of its plan. Pure.
#pragma once

#include <string>
#include <vector>

#include "compute/plan/plan.h"
#include "compute/runtime/device.h"

namespace convoy::compute {

// One name a step of the plan, empty where the report does not know the step. Steps that the device
// added ("pack", "reorder") are left out.
std::vector<std::string> KernelsOfSteps(const Plan& plan, const SessionReport& report);

}  // namespace convoy::compute
