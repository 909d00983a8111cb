#include "client/bench/slo.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace convoy::client {
namespace {

absl::Status WrongGoal(absl::string_view part) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "'%s' is no goal; write a percentile and a time with its unit, or an error rate, as "
      "p99=15ms,error=0.1%%.",
      part));
}

absl::Status AddGoal(absl::string_view part, Slo& slo) {
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(part, absl::MaxSplits('=', 1));
  auto [name, value] = halves;
  if (name == "error" && absl::ConsumeSuffix(&value, "%")) {
    double percent = 0;
    if (!absl::SimpleAtod(value, &percent) || percent < 0 || percent > 100) return WrongGoal(part);
    slo.error_rate = percent / 100;
    return absl::OkStatus();
  }
  LatencyGoal goal;
  if (!absl::ConsumePrefix(&name, "p") || !absl::SimpleAtod(name, &goal.percent) ||
      !(goal.percent > 0 && goal.percent < 100) ||
      !absl::ParseDuration({value.data(), value.size()}, &goal.limit) ||
      goal.limit <= absl::ZeroDuration()) {
    return WrongGoal(part);
  }
  slo.latencies.push_back(goal);
  return absl::OkStatus();
}

std::string Shown(absl::Duration time) {
  if (time == absl::InfiniteDuration()) return "none: too many calls failed";
  return absl::StrFormat("%.3gms", absl::ToDoubleMilliseconds(time));
}

}  // namespace

const LatencyGoal& Slo::hardest() const {
  return *std::max_element(
      latencies.begin(), latencies.end(),
      [](const LatencyGoal& a, const LatencyGoal& b) { return a.percent < b.percent; });
}

absl::StatusOr<Slo> ParseSlo(std::string_view text) {
  Slo slo;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const absl::Status status = AddGoal(part, slo);
    if (!status.ok()) return status;
  }
  return slo;
}

std::string ToString(const Slo& slo) {
  std::string text;
  for (const LatencyGoal& goal : slo.latencies) {
    text += absl::StrFormat("p%g=%s,", goal.percent, absl::FormatDuration(goal.limit));
  }
  return text + absl::StrFormat("error=%g%%", slo.error_rate * 100);
}

absl::Duration PercentileOfAll(const LoadReport& report, double percent) {
  const double exact = percent / 100 * static_cast<double>(report.calls());
  const auto rank =
      std::max<int64_t>(1, static_cast<int64_t>(std::ceil(exact - std::abs(exact) * 1e-12)));
  return rank > report.good ? absl::InfiniteDuration() : report.response.OfRank(rank);
}

std::vector<GoalResult> Evaluate(const Slo& slo, const LoadReport& report) {
  std::vector<GoalResult> results;
  for (const LatencyGoal& goal : slo.latencies) {
    const absl::Duration measured = PercentileOfAll(report, goal.percent);
    results.push_back({absl::StrFormat("p%g <= %s", goal.percent, absl::FormatDuration(goal.limit)),
                       Shown(measured), measured <= goal.limit});
  }
  const double errors = report.ErrorRate();
  results.push_back({absl::StrFormat("errors <= %g%%", slo.error_rate * 100),
                     absl::StrFormat("%.3g%%", errors * 100), errors <= slo.error_rate});
  return results;
}

bool Met(const std::vector<GoalResult>& results) {
  return std::ranges::all_of(results, [](const GoalResult& result) { return result.met; });
}

}  // namespace convoy::client
