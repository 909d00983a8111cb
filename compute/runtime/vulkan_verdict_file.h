// Kernel verdicts on disk, so that a device is tested once a driver and not at every start. Text: a
// heading, the key, one line a verdict, "end". What is cut short, foreign or damaged reads as
// nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compute/runtime/device.h"

namespace convoy::compute {

std::string FormatVerdicts(std::string_view key, const std::vector<KernelVerdict>& verdicts);

// Nothing unless `text` is whole and was written for `key`.
std::optional<std::vector<KernelVerdict>> ParseVerdicts(std::string_view text,
                                                        std::string_view key);

}  // namespace convoy::compute
