// Whether a run's figures may be believed, and if not, why. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/bench/load_report.h"

namespace convoy::client {

struct VerdictOptions {
  bool open_loop = false;
  absl::Duration late_after;     // what the recorder took as late
  double unsteady_above = 0.10;  // of throughput and mean latency over the thirds of the run
};

struct Verdict {
  bool valid = true;                 // the generator was not the limit
  bool stable = true;                // the thirds of the run agree
  std::vector<std::string> reasons;  // why not, a sentence each
  std::vector<std::string> notes;    // what else to know
};

// A run is INVALID when more than 1 % of its sends were late, when the rate sent is off the plan by
// more than 1 %, or when the generator used more than 80 % of its cores or 95 % of a thread. Sends
// that the cap of calls in flight held back are the server's doing and a note.
Verdict JudgeRun(const LoadReport& report, const VerdictOptions& options);

// Whether an open loop sent its plan in time, but for what the cap held back.
bool KeptItsRate(const LoadReport& report);

// Sends later than this count as late: 1 ms, or a tenth of the mean gap where that is longer.
absl::Duration LateAfter(double calls_per_second);

}  // namespace convoy::client
