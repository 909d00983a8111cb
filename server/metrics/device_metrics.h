// The families that tell of the device. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <optional>
#include <vector>

#include "server/metrics/device_memory.h"

namespace convoy::server {

std::vector<prometheus::MetricFamily> DeviceFamilies(const DeviceLabels& device,
                                                     const std::optional<DeviceMemory>& memory);

}  // namespace convoy::server
