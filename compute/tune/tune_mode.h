// How a device chooses among the kernels that suit a layer.
#pragma once

#include <array>
#include <string_view>
#include <utility>

namespace convoy::compute {

enum class TuneMode {
  kOff,    // by its rules: nothing is timed, no file is read or written
  kAuto,   // what the tune file knows; else the cpu times the kernels, Vulkan goes by its rules
  kTimed,  // what the tune file knows; else every device times the kernels
};

// As commands call them.
inline constexpr std::array<std::pair<std::string_view, TuneMode>, 3> kTuneModes = {
    {{"off", TuneMode::kOff}, {"auto", TuneMode::kAuto}, {"timed", TuneMode::kTimed}}};

}  // namespace convoy::compute
