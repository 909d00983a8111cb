#include "cli/bench_load.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/bench/arrivals.h"
#include "client/bench/rate_curve.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::ArrivalOptions;
using client::Arrivals;
using client::RateCurve;

constexpr absl::Duration kUsualDuration = absl::Seconds(10);

// A run that ends by its number of calls has no other end.
constexpr absl::Duration kLongRun = absl::Hours(24);

constexpr int64_t kInFlightPerConnection = 100;
constexpr int64_t kOfflineCallers = 64;  // enough to keep any server's queue filled

absl::Duration DurationOf(const BenchFlags& flags) {
  return flags.duration.value_or(flags.calls > 0 ? kLongRun : kUsualDuration);
}

client::LoadPlan CommonPlan(const BenchFlags& flags, absl::Duration duration) {
  client::LoadPlan plan;
  plan.warm_up = flags.warm_up;
  plan.duration = duration;
  plan.calls = flags.calls;
  plan.max_in_flight = flags.max_in_flight;
  plan.timeout = flags.timeout;
  plan.drain = flags.drain.value_or(flags.timeout);
  return plan;
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("The file '%s' cannot be opened.", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

PlannedRun ReplayRun(const BenchFlags& flags, const std::string& path,
                     std::vector<absl::Duration> times, std::optional<absl::Duration> period) {
  const absl::Duration span = times.back();
  const absl::Duration duration = period.has_value()
                                      ? DurationOf(flags)
                                      : flags.duration.value_or(span + absl::Milliseconds(1));
  PlannedRun run{.shape = {.open_loop = true}, .plan = CommonPlan(flags, duration)};
  // A recording has no rate to warm up at.
  run.plan.warm_up = absl::ZeroDuration();
  const double seconds = std::max(1e-9, absl::ToDoubleSeconds(span));
  run.shape.rate = static_cast<double>(times.size()) / seconds;
  run.shape.plan = absl::StrFormat("%d times of %s", times.size(), path);
  run.shape.arrivals = "replay";
  run.plan.late_after = absl::Milliseconds(1);
  run.plan.arrivals = Arrivals::OfTimes(std::move(times), duration, period);
  return run;
}

absl::StatusOr<PlannedRun> PlanReplay(const BenchFlags& flags) {
  const bool gaps = flags.replay.empty();
  const std::string& path = gaps ? flags.intervals : flags.replay;
  CONVOY_ASSIGN_OR_RETURN(const std::string text, ReadText(path));
  absl::StatusOr<std::vector<absl::Duration>> times =
      gaps ? client::ParseIntervals(text) : client::ParseTimestamps(text);
  if (!times.ok()) {
    return compute::WithContext(times.status(), absl::StrFormat("while reading '%s'", path));
  }
  const absl::Duration last = times->back();
  return ReplayRun(flags, path, *std::move(times),
                   gaps ? std::optional<absl::Duration>(last) : std::nullopt);
}

absl::StatusOr<ArrivalOptions> ArrivalsOf(const BenchFlags& flags) {
  const std::string usual = flags.find_max_rate || !flags.scenario.empty() ? "poisson" : "constant";
  CONVOY_ASSIGN_OR_RETURN(ArrivalOptions options,
                          client::ParseArrivals(flags.arrivals.empty() ? usual : flags.arrivals));
  options.seed = flags.seed;
  return options;
}

}  // namespace

PlannedRun PlanClosedLoop(const BenchFlags& flags, int64_t concurrency, absl::Duration duration) {
  PlannedRun run{.shape = {.concurrency = concurrency}, .plan = CommonPlan(flags, duration)};
  run.plan.concurrency = concurrency;
  return run;
}

absl::StatusOr<PlannedRun> PlanOpenLoop(const BenchFlags& flags, const std::string& rate,
                                        absl::Duration duration) {
  CONVOY_ASSIGN_OR_RETURN(const RateCurve curve, client::ParseRateCurve(rate, duration));
  CONVOY_ASSIGN_OR_RETURN(const ArrivalOptions arrivals, ArrivalsOf(flags));
  PlannedRun run{.shape = {.open_loop = true}, .plan = CommonPlan(flags, curve.length())};
  run.shape.rate = curve.calls() / absl::ToDoubleSeconds(curve.length());
  run.shape.plan = curve.ToString();
  run.shape.arrivals = client::ToString(arrivals);
  run.plan.late_after = client::LateAfter(curve.peak());
  run.plan.arrivals = Arrivals::OfCurve(curve.WithWarmUp(run.plan.warm_up), arrivals);
  return run;
}

absl::StatusOr<std::vector<PlannedRun>> PlanRuns(const BenchFlags& flags) {
  std::vector<PlannedRun> runs;
  if (!flags.replay.empty() || !flags.intervals.empty()) {
    CONVOY_ASSIGN_OR_RETURN(PlannedRun run, PlanReplay(flags));
    runs.push_back(std::move(run));
    return runs;
  }
  for (const std::string& rate : flags.rates) {
    CONVOY_ASSIGN_OR_RETURN(PlannedRun run, PlanOpenLoop(flags, rate, DurationOf(flags)));
    runs.push_back(std::move(run));
  }
  if (!runs.empty()) return runs;
  for (const int64_t concurrency : flags.concurrency) {
    runs.push_back(PlanClosedLoop(flags, concurrency, DurationOf(flags)));
  }
  return runs;
}

absl::StatusOr<client::ScenarioRules> ApplyScenario(BenchFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(client::ScenarioRules rules, client::ParseScenario(flags.scenario));
  if (!flags.duration.has_value()) flags.duration = rules.fewest_time;
  switch (rules.scenario) {
    case client::Scenario::kSingleStream:
    case client::Scenario::kMultiStream:
      flags.rows = rules.samples_per_query;
      flags.concurrency = {1};
      flags.rates.clear();
      break;
    case client::Scenario::kServer:
      if (flags.rates.empty() && !flags.find_max_rate) {
        return absl::InvalidArgumentError(
            "The scenario server needs a rate: --rate CALLS, or --find-max-rate with --slo.");
      }
      if (flags.resnet50) flags.slo = "p99=15ms";
      break;
    case client::Scenario::kOffline:
      rules.samples_per_query = flags.rows;
      rules.fewest_queries /= flags.rows;
      flags.rates.clear();
      if (flags.concurrency == std::vector<int64_t>{1}) flags.concurrency = {kOfflineCallers};
      break;
  }
  return rules;
}

int ConnectionsFor(const BenchFlags& flags, const std::vector<PlannedRun>& runs) {
  if (flags.connections > 0) return flags.connections;
  int64_t most = flags.threads;
  for (const PlannedRun& run : runs) {
    // An open loop has as many in flight as the server makes it have: some room, to begin with.
    const int64_t in_flight =
        run.shape.open_loop ? 4 * kInFlightPerConnection : run.plan.concurrency;
    most = std::max(most, (in_flight + kInFlightPerConnection - 1) / kInFlightPerConnection);
  }
  return static_cast<int>(std::min<int64_t>(most, 64));
}

}  // namespace convoy::cli
