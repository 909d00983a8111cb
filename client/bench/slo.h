// A service level objective: what a run must reach to be good enough. Pure.
//
//   ParseSlo("p99=15ms,error=0.1%")
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/bench/load_report.h"

namespace convoy::client {

struct LatencyGoal {
  double percent = 99;   // of all calls, failed ones counted as too slow,
  absl::Duration limit;  // are answered within this response time
};

struct Slo {
  std::vector<LatencyGoal> latencies;  // at least one where the SLO is searched for
  double error_rate = 0.001;           // 0..1

  // The one with the highest percentile, which needs the most calls.
  const LatencyGoal& hardest() const;
};

// p50..p99.999=TIME, mean is no goal; error=PERCENT. INVALID_ARGUMENT quotes the part that is
// wrong.
absl::StatusOr<Slo> ParseSlo(std::string_view text);
std::string ToString(const Slo& slo);

struct GoalResult {
  std::string goal;      // "p99 <= 15ms"
  std::string measured;  // "12.3ms"
  bool met = false;
};

std::vector<GoalResult> Evaluate(const Slo& slo, const LoadReport& report);
bool Met(const std::vector<GoalResult>& results);

// The response time that `percent` of all calls, failed ones included as endless, do not exceed.
// InfiniteDuration when that falls among the failed ones.
absl::Duration PercentileOfAll(const LoadReport& report, double percent);

}  // namespace convoy::client
