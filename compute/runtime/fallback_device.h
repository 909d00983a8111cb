// A device that hands the steps for which it has no kernel to a second one: `--allow-cpu-fallback`.
//
//   auto device = MakeFallbackDevice(std::move(vulkan), MakeCpuDevice({}));
//
// Plans that the first device compiles run on it alone. Others are cut (split_plan.h), values pass
// through the host between the parts, and the log names every step that moved, with the reason;
// with `explain` the report does too (DeviceOptions.explain). Thread and lifetime rules as in
// device.h.
#pragma once

#include <memory>

#include "compute/runtime/device.h"

namespace convoy::compute {

std::unique_ptr<Device> MakeFallbackDevice(std::unique_ptr<Device> first,
                                           std::unique_ptr<Device> second, bool explain = false);

}  // namespace convoy::compute
