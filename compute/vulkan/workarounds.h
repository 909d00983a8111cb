// What we do differently on certain drivers, one row each. Applied by PlanDevice; `convoy devices`
// lists the names that apply.
#pragma once

#include <span>
#include <string_view>

#include "compute/vulkan/device_plan.h"

namespace convoy::compute {

struct Workaround {
  std::string_view name;
  std::string_view reason;
  bool (*applies)(const DeviceSnapshot&);
  void (*apply)(DevicePlan&);
};

std::span<const Workaround> AllWorkarounds();

// The 25 of "Mesa 25.0.7 (LLVM 19.1.7)"; 0 when the driver is not Mesa.
int MesaMajorVersion(const DeviceSnapshot& snapshot);

}  // namespace convoy::compute
