// What a cached file was made for: the device, its driver and the shaders of this build. A file of
// another key says nothing about this device.
#pragma once

#include <string>

#include "compute/vulkan/device_snapshot.h"

namespace convoy::compute {

// One line.
std::string CacheKey(const DeviceSnapshot& snapshot);

}  // namespace convoy::compute
