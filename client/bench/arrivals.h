// When the calls of an open loop are due. Pure: the same plan and seed give the same times.
//
//   Arrivals arrivals = Arrivals::OfCurve(curve, {.process = ArrivalProcess::kPoisson, .seed = 7});
//   while (std::optional<absl::Duration> due = arrivals.Next()) ...   // since the start
//
// A value, not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/bench/rate_curve.h"

namespace convoy::client {

enum class ArrivalProcess {
  kConstant,  // evenly spaced
  kPoisson,   // independent callers
  kGamma,     // bursts: gaps with a coefficient of variation above 1
};

struct ArrivalOptions {
  ArrivalProcess process = ArrivalProcess::kConstant;
  double variation = 1;  // kGamma: standard deviation of a gap over its mean
  uint64_t seed = 1;
};

// constant, poisson or gamma:CV with CV in 0.1..20. INVALID_ARGUMENT lists these.
absl::StatusOr<ArrivalOptions> ParseArrivals(std::string_view text);
std::string ToString(const ArrivalOptions& options);

class Arrivals {
 public:
  static Arrivals OfCurve(RateCurve curve, const ArrivalOptions& options);

  // The times of a recording, ascending from zero. With a `period` they repeat after it until
  // `end`.
  static Arrivals OfTimes(std::vector<absl::Duration> times, absl::Duration end,
                          std::optional<absl::Duration> period = std::nullopt);

  // Never before the one before it; nullopt when the plan is over.
  std::optional<absl::Duration> Next();

  absl::Duration length() const { return end_; }

 private:
  Arrivals() = default;
  double Gap();
  std::optional<absl::Duration> NextRecorded();

  std::optional<RateCurve> curve_;
  ArrivalOptions options_;
  std::mt19937_64 random_;
  double calls_ = 0;  // due so far, on the curve's axis

  std::vector<absl::Duration> times_;
  std::optional<absl::Duration> period_;
  size_t index_ = 0;
  absl::Duration offset_;

  absl::Duration end_;
};

// One time a line, in seconds from any origin, ascending; empty lines and lines after # are
// skipped. The first becomes zero. INVALID_ARGUMENT names the line.
absl::StatusOr<std::vector<absl::Duration>> ParseTimestamps(std::string_view text);

// perf_analyzer's --request-intervals: one gap a line, in microseconds. The last time is the period
// after which they begin anew.
absl::StatusOr<std::vector<absl::Duration>> ParseIntervals(std::string_view text);

}  // namespace convoy::client
