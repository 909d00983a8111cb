// A profile as a table for people and as JSON for programs.
#pragma once

#include <optional>
#include <string>

#include "cli/profile_run.h"
#include "cli/roofline.h"

namespace convoy::cli {

// What every batch size of one call shares.
struct ProfileSubject {
  std::string model;
  int64_t version = 1;
  compute::DeviceFacts device;
  int threads = 0;               // cores that the device uses; 0: it is no software device
  std::optional<Roofline> roof;  // absent for hardware, which this program does not measure
};

std::string DeviceText(const ProfileSubject& subject);  // "cpu (AMD EPYC, 2 threads)"

// Of fewer runs the 99th percentile is their largest time: nothing lies above it.
inline constexpr int64_t kFewestForP99 = 100;

// `explain` adds, layer by layer, why its kernel was chosen and the others not, what it moves and
// how it is spread.
std::string ProfileText(const ProfileSubject& subject, const BatchProfile& profile, bool explain);

// One object on one line.
std::string ProfileJson(const ProfileSubject& subject, const BatchProfile& profile);

}  // namespace convoy::cli
