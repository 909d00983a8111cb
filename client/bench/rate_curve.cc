#include "client/bench/rate_curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace convoy::client {
namespace {

// Seconds from the start of a segment until `calls` are due in it: the root of
// begin * t + slope / 2 * t^2 = calls, in the form that does not cancel for small slopes.
double SecondsInto(const RateSegment& segment, double calls) {
  const double length = absl::ToDoubleSeconds(segment.length);
  const double slope = (segment.end - segment.begin) / length;
  const double root = std::sqrt(std::max(0.0, segment.begin * segment.begin + 2 * slope * calls));
  const double denominator = segment.begin + root;
  return denominator > 0 ? std::min(length, 2 * calls / denominator) : 0;
}

bool IsRate(double rate) { return std::isfinite(rate) && rate >= 0 && rate <= kMostCallsPerSecond; }

absl::Status CheckSegment(const RateSegment& segment) {
  if (!IsRate(segment.begin) || !IsRate(segment.end)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("A rate goes from %g to %g calls a second; rates lie in 0..%g.",
                        segment.begin, segment.end, kMostCallsPerSecond));
  }
  if (segment.length <= absl::ZeroDuration() || segment.length > absl::Hours(24 * 365)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("A rate lasts %s; it lasts more than nothing and at most a year.",
                        absl::FormatDuration(segment.length)));
  }
  return absl::OkStatus();
}

absl::Status WrongPart(std::string_view part, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "'%s' is no rate: %s. Write calls a second, as 200, 100@10s,400@5s or 100..1000@1m.", part,
      why));
}

absl::StatusOr<RateSegment> ParseSegment(std::string_view part, absl::Duration length) {
  RateSegment segment{.length = length};
  const size_t at = part.find('@');
  std::string_view rates = part.substr(0, at);
  if (at != std::string_view::npos &&
      !absl::ParseDuration({part.data() + at + 1, part.size() - at - 1}, &segment.length)) {
    return WrongPart(part, "what stands behind the @ is no time with its unit");
  }
  const size_t dots = rates.find("..");
  const std::string_view first = rates.substr(0, dots);
  const std::string_view last = dots == std::string_view::npos ? first : rates.substr(dots + 2);
  if (!absl::SimpleAtod({first.data(), first.size()}, &segment.begin) ||
      !absl::SimpleAtod({last.data(), last.size()}, &segment.end)) {
    return WrongPart(part, "it has no number");
  }
  return segment;
}

}  // namespace

absl::StatusOr<RateCurve> RateCurve::Create(std::vector<RateSegment> segments) {
  for (const RateSegment& segment : segments) {
    const absl::Status status = CheckSegment(segment);
    if (!status.ok()) return status;
  }
  RateCurve curve(std::move(segments));
  if (curve.calls() < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The rates make %.3g calls in %s; a run has at least one.", curve.calls(),
                        absl::FormatDuration(curve.length())));
  }
  return curve;
}

RateCurve RateCurve::WithWarmUp(absl::Duration warm_up) const {
  if (warm_up <= absl::ZeroDuration()) return *this;
  const double rate = segments_.front().begin;
  std::vector<RateSegment> segments = {{rate, rate, warm_up}};
  segments.insert(segments.end(), segments_.begin(), segments_.end());
  return RateCurve(std::move(segments));
}

absl::Duration RateCurve::TimeOf(double calls) const {
  absl::Duration start;
  for (const RateSegment& segment : segments_) {
    const double here = segment.calls();
    if (calls < here) return start + absl::Seconds(SecondsInto(segment, calls));
    calls -= here;
    start += segment.length;
  }
  return absl::InfiniteDuration();
}

absl::Duration RateCurve::length() const {
  absl::Duration sum;
  for (const RateSegment& segment : segments_) sum += segment.length;
  return sum;
}

double RateCurve::calls() const {
  double sum = 0;
  for (const RateSegment& segment : segments_) sum += segment.calls();
  return sum;
}

double RateCurve::peak() const {
  double peak = 0;
  for (const RateSegment& segment : segments_) peak = std::max({peak, segment.begin, segment.end});
  return peak;
}

std::string RateCurve::ToString() const {
  return absl::StrJoin(segments_, ",", [](std::string* out, const RateSegment& segment) {
    absl::StrAppendFormat(out, "%g", segment.begin);
    if (segment.end != segment.begin) absl::StrAppendFormat(out, "..%g", segment.end);
    absl::StrAppendFormat(out, "@%s", absl::FormatDuration(segment.length));
  });
}

absl::StatusOr<RateCurve> ParseRateCurve(std::string_view text, absl::Duration length) {
  std::vector<RateSegment> segments;
  for (const auto& part : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const absl::StatusOr<RateSegment> segment = ParseSegment({part.data(), part.size()}, length);
    if (!segment.ok()) return segment.status();
    segments.push_back(*segment);
  }
  return RateCurve::Create(std::move(segments));
}

}  // namespace convoy::client
