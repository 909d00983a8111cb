// Why layers do not run the other kernels of their families, in few lines: kernels with one reason
// stand together, and so do layers that have all in common. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/profile_run.h"

namespace convoy::cli {

// Kernels that are not run for one reason.
struct OtherGroup {
  std::string why;
  std::vector<std::string> kernels;  // "direct", or where it was timed "direct 1.68 ms"

  friend bool operator==(const OtherGroup&, const OtherGroup&) = default;
};

// In the order in which the reasons first come; what lost a trial before all else.
std::vector<OtherGroup> GroupOthers(std::span<const compute::OtherKernel> others);

// "winograd43, winograd23"
std::string Joined(const std::vector<std::string>& names);

// A paragraph for each set of layers, in lines of at most 100 columns where names allow; empty
// where no layer has other kernels.
std::string OthersText(const BatchProfile& profile);

}  // namespace convoy::cli
