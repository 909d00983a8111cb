// Whether one run was better than another, or only luckier. Pure.
//
//   Comparison c = Compare(before, after);
//   c.metrics[0].change, c.metrics[0].interval   // of the throughput
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/bench/confidence.h"

namespace convoy::client {

// What a report's JSON holds of a run.
struct ComparedRun {
  std::string name;  // of the file
  std::string model, load, input, host;
  bool valid = true;
  double calls_per_second = 0;
  Histogram response;
  RunSample sample;
};

struct ComparedMetric {
  std::string name;  // "throughput", "p50", "p99"
  std::string unit;
  double before = 0, after = 0;
  double change = 0;  // (after - before) / before
  Interval interval;  // 95 % of it
  bool more_is_better = false;

  bool significant() const { return interval.low > 0 || interval.high < 0; }
};

struct Comparison {
  std::vector<ComparedMetric> metrics;
  std::vector<std::string> differences;  // of the plans: a reason not to compare
  std::vector<std::string> notes;
};

Comparison Compare(const ComparedRun& before, const ComparedRun& after);

// "p99=+5%,throughput=-3%": what may not be exceeded.
struct Bound {
  std::string metric;
  double change = 0;  // +0.05: worse when above; -0.03: worse when below
};

// INVALID_ARGUMENT quotes the part that is wrong.
absl::StatusOr<std::vector<Bound>> ParseBounds(std::string_view text);

// The bounds that are crossed by a significant change, a sentence each.
std::vector<std::string> Crossed(const Comparison& comparison, const std::vector<Bound>& bounds);

std::string ToText(const Comparison& comparison);

}  // namespace convoy::client
