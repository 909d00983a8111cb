#include "client/bench/compare.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace convoy::client {
namespace {

constexpr double kPercentiles[] = {50, 90, 99, 99.9};
constexpr size_t kFewestSeconds = 5;
constexpr uint64_t kSeed = 1;

double Change(double before, double after) { return before > 0 ? (after - before) / before : 0; }

void NoteDifference(std::string_view what, const std::string& a, const std::string& b,
                    std::vector<std::string>& notes) {
  if (a == b) return;
  notes.push_back(absl::StrFormat("The runs differ in their %s: '%s' and '%s'.", what, a, b));
}

ComparedMetric PercentileMetric(const ComparedRun& before, const ComparedRun& after,
                                double percent) {
  const double a = absl::ToDoubleMilliseconds(before.response.Percentile(percent));
  const double b = absl::ToDoubleMilliseconds(after.response.Percentile(percent));
  return {absl::StrFormat("p%g", percent),
          "ms",
          a,
          b,
          Change(a, b),
          PercentileChange(before.sample, after.sample, percent, kSeed),
          false};
}

absl::Status WrongBound(absl::string_view part) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "'%s' is no bound; write a metric and a change with its sign, as p99=+5%%,throughput=-3%%.",
      part));
}

}  // namespace

Comparison Compare(const ComparedRun& before, const ComparedRun& after) {
  Comparison comparison;
  NoteDifference("model", before.model, after.model, comparison.differences);
  NoteDifference("load", before.load, after.load, comparison.differences);
  NoteDifference("input", before.input, after.input, comparison.differences);
  NoteDifference("host", before.host, after.host, comparison.notes);
  for (const ComparedRun* run : {&before, &after}) {
    if (!run->valid) {
      comparison.notes.push_back(
          absl::StrFormat("'%s' is INVALID: its load generator was the limit.", run->name));
    }
    if (run->sample.seconds.size() < kFewestSeconds) {
      comparison.notes.push_back(
          absl::StrFormat("'%s' has %d seconds; below %d an interval says little.", run->name,
                          run->sample.seconds.size(), kFewestSeconds));
    }
  }
  const double a = before.calls_per_second;
  const double b = after.calls_per_second;
  comparison.metrics.push_back({"throughput", "calls/s", a, b, Change(a, b),
                                ThroughputChange(before.sample, after.sample, kSeed), true});
  for (const double percent : kPercentiles) {
    comparison.metrics.push_back(PercentileMetric(before, after, percent));
  }
  return comparison;
}

absl::StatusOr<std::vector<Bound>> ParseBounds(std::string_view text) {
  std::vector<Bound> bounds;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    const std::pair<absl::string_view, absl::string_view> halves =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    absl::string_view value = halves.second;
    Bound bound{.metric = std::string(halves.first)};
    bool known = bound.metric == "throughput";
    for (const double percent : kPercentiles) {
      known = known || bound.metric == absl::StrFormat("p%g", percent);
    }
    const bool signed_value = !value.empty() && (value[0] == '+' || value[0] == '-');
    if (!known || !signed_value || !absl::ConsumeSuffix(&value, "%") ||
        !absl::SimpleAtod(value, &bound.change)) {
      return WrongBound(part);
    }
    bound.change /= 100;
    bounds.push_back(bound);
  }
  return bounds;
}

std::vector<std::string> Crossed(const Comparison& comparison, const std::vector<Bound>& bounds) {
  std::vector<std::string> crossed;
  for (const Bound& bound : bounds) {
    for (const ComparedMetric& metric : comparison.metrics) {
      const bool beyond =
          bound.change >= 0 ? metric.change > bound.change : metric.change < bound.change;
      if (metric.name != bound.metric || !beyond || !metric.significant()) continue;
      crossed.push_back(absl::StrFormat("%s changed by %+.1f %%, beyond the bound of %+.1f %%.",
                                        metric.name, metric.change * 100, bound.change * 100));
    }
  }
  return crossed;
}

std::string ToText(const Comparison& comparison) {
  std::string text = absl::StrFormat("%-11s %12s %12s %9s  %-20s\n", "", "before", "after",
                                     "change", "95 % interval");
  for (const ComparedMetric& metric : comparison.metrics) {
    const bool better = (metric.change > 0) == metric.more_is_better;
    const std::string word = !metric.significant() ? "~" : better ? "better" : "worse";
    absl::StrAppendFormat(&text, "%-11s %12.4g %12.4g %+8.1f%%  [%+.1f%%, %+.1f%%]  %s\n",
                          metric.name + " " + metric.unit, metric.before, metric.after,
                          metric.change * 100, metric.interval.low * 100,
                          metric.interval.high * 100, word);
  }
  text += "~ no difference shows: the interval holds 0.\n";
  for (const std::string& note : comparison.differences) text += note + "\n";
  for (const std::string& note : comparison.notes) text += note + "\n";
  return text;
}

}  // namespace convoy::client
