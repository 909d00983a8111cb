// How the rate of an open loop changes over time: a chain of straight lines. Pure.
//
//   ParseRateCurve("200", absl::Seconds(30))          200 calls a second for 30 s
//   ParseRateCurve("100@10s,400@5s", ...)             a step
//   ParseRateCurve("100..1000@1m", ...)               a ramp
//
// The area under the curve is how many calls are due; its inverse says when the next one is. So any
// spacing of arrivals, made for one call a second, follows any curve.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace convoy::client {

// From `begin` to `end` calls a second in a straight line.
struct RateSegment {
  double begin = 0;
  double end = 0;
  absl::Duration length;

  double calls() const { return (begin + end) / 2 * absl::ToDoubleSeconds(length); }

  friend bool operator==(const RateSegment&, const RateSegment&) = default;
};

class RateCurve {
 public:
  // INVALID_ARGUMENT names a rate that is negative or above kMostCallsPerSecond, a length that is
  // not positive, or a curve without any call.
  static absl::StatusOr<RateCurve> Create(std::vector<RateSegment> segments);

  // The same curve after `warm_up` at its first rate.
  RateCurve WithWarmUp(absl::Duration warm_up) const;

  // When `calls` have become due; InfiniteDuration past the end.
  absl::Duration TimeOf(double calls) const;

  absl::Duration length() const;
  double calls() const;          // in all
  double peak() const;           // the highest rate
  std::string ToString() const;  // as ParseRateCurve takes it

  const std::vector<RateSegment>& segments() const { return segments_; }

 private:
  explicit RateCurve(std::vector<RateSegment> segments) : segments_(std::move(segments)) {}

  std::vector<RateSegment> segments_;
};

inline constexpr double kMostCallsPerSecond = 10e6;

// RATE[..RATE][@TIME],...: a part without a time lasts `length`. INVALID_ARGUMENT quotes the part
// that is wrong.
absl::StatusOr<RateCurve> ParseRateCurve(std::string_view text, absl::Duration length);

}  // namespace convoy::client
