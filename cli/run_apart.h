// Runs what may crash, hang or talk too much in a process of its own: drivers are foreign code.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace convoy::cli {

struct ApartResult {
  int exit_code = 0;       // of `work`, or 128 + the signal that ended it
  bool timed_out = false;  // it was killed
  std::string out;         // what it wrote to standard output and error, a mebibyte of each at most
  std::string error;
};

// Forks: the caller has no other thread. `work` runs in the new process, which ends with what it
// returns; it may call exec. INTERNAL when no process can be made.
absl::StatusOr<ApartResult> RunApart(const std::function<int()>& work, absl::Duration timeout);

}  // namespace convoy::cli
