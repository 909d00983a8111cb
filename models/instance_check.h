// What a config's instance_group asks for, and whether a server's device can give it. Pure.
#pragma once

#include <span>

#include "absl/status/status.h"
#include "compute/runtime/device.h"
#include "models/config/instance_group.h"

namespace convoy::models {

// INVALID_ARGUMENT for GPUs on a server that computes on the CPU, and for numbers other than 0:
// a server computes on one device. A group for the CPU runs on a GPU all the same, with a line in
// the log.
absl::Status CheckInstances(std::span<const InstanceGroup> groups,
                            const compute::DeviceFacts& device);

// Batches of the model that may run at once: as many as the groups' counts together, else as suit
// the device. A CPU has its lanes and no more, as a line in the log says.
int LanesOf(std::span<const InstanceGroup> groups, const compute::DeviceFacts& device);

}  // namespace convoy::models
