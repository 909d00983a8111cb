#include "client/bench/scenario.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "client/bench/early_stopping.h"

namespace convoy::client {
namespace {

constexpr int64_t kMultiStreamSamples = 8;
constexpr int64_t kMultiStreamQueries = 662;
constexpr int64_t kOfflineSamples = 24'576;

constexpr ScenarioRules kRules[] = {
    {.scenario = Scenario::kSingleStream, .name = "single-stream", .percentile = 0.90},
    {.scenario = Scenario::kMultiStream,
     .name = "multi-stream",
     .samples_per_query = kMultiStreamSamples,
     .fewest_queries = kMultiStreamQueries,
     .percentile = 0.99},
    {.scenario = Scenario::kServer, .name = "server", .percentile = 0.99},
    {.scenario = Scenario::kOffline, .name = "offline", .fewest_queries = kOfflineSamples},
};

std::string Ordinal(double percentile) { return absl::StrFormat("%gth", percentile * 100); }

int64_t LateQueries(const ScenarioRules& rules, const LoadReport& report) {
  return report.failed + (rules.limit.has_value() ? report.response.CountAbove(*rules.limit) : 0);
}

ScenarioLine Performance(const ScenarioRules& rules, const LoadReport& report) {
  ScenarioLine line{"Performance constraints satisfied", report.failed == 0,
                    absl::StrFormat("%d queries failed.", report.failed)};
  if (rules.scenario != Scenario::kServer || !rules.limit.has_value()) return line;
  const absl::Duration measured = report.response.Percentile(rules.percentile * 100);
  line.met = line.met && measured <= *rules.limit;
  line.why = absl::StrFormat("The %s percentile is %.2f ms, the limit %.2f ms; %s",
                             Ordinal(rules.percentile), absl::ToDoubleMilliseconds(measured),
                             absl::ToDoubleMilliseconds(*rules.limit), line.why);
  return line;
}

ScenarioLine EarlyStopping(const ScenarioRules& rules, const LoadReport& report) {
  ScenarioLine line{"Early stopping satisfied", true, "The scenario has no percentile."};
  if (rules.percentile <= 0) return line;
  // Without a limit the estimate needs one query that may be late.
  const int64_t late = rules.limit.has_value() ? LateQueries(rules, report) : 1;
  const int64_t fewest = FewestQueries(rules.percentile, late);
  line.met = report.calls() >= fewest;
  line.why = absl::StrFormat("%d queries; with %d over the limit %d are needed.", report.calls(),
                             late, fewest);
  return line;
}

void SetResult(const ScenarioRules& rules, const LoadReport& report, ScenarioVerdict& verdict) {
  const auto samples = static_cast<double>(rules.samples_per_query);
  switch (rules.scenario) {
    case Scenario::kSingleStream:
    case Scenario::kMultiStream: {
      verdict.result_name =
          absl::StrFormat("%s percentile latency (early stopping), ms", Ordinal(rules.percentile));
      const auto estimate = EstimatePercentile(report.response, rules.percentile);
      verdict.result = estimate.has_value() ? absl::ToDoubleMilliseconds(*estimate) : 0;
      return;
    }
    case Scenario::kServer:
      verdict.result_name = "Scheduled samples per second";
      verdict.result = static_cast<double>(report.sent + report.unsent) * samples /
                       std::max(1e-9, absl::ToDoubleSeconds(report.measured));
      return;
    case Scenario::kOffline:
      verdict.result_name = "Samples per second";
      verdict.result = report.CallsPerSecond() * samples;
      return;
  }
}

}  // namespace

absl::StatusOr<ScenarioRules> ParseScenario(std::string_view name) {
  for (const ScenarioRules& rules : kRules) {
    if (rules.name == name) return rules;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is none of single-stream, multi-stream, server and offline.", name));
}

ScenarioVerdict JudgeScenario(const ScenarioRules& rules, const LoadReport& report) {
  ScenarioVerdict verdict;
  // A tick of 1 % is forgiven: the last query may begin before the time is over.
  const bool long_enough = report.elapsed >= rules.fewest_time * 0.99;
  const bool queries = report.calls() >= rules.fewest_queries;
  verdict.lines = {Performance(rules, report),
                   {"Min duration satisfied", long_enough,
                    absl::StrFormat("%.1f s of %.0f s.", absl::ToDoubleSeconds(report.elapsed),
                                    absl::ToDoubleSeconds(rules.fewest_time))},
                   {"Min queries satisfied", queries,
                    absl::StrFormat("%d queries of %d.", report.calls(), rules.fewest_queries)},
                   EarlyStopping(rules, report)};
  verdict.valid =
      std::ranges::all_of(verdict.lines, [](const ScenarioLine& line) { return line.met; });
  SetResult(rules, report, verdict);
  return verdict;
}

}  // namespace convoy::client
