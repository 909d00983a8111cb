#include "cli/tune_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "cli/table.h"

namespace convoy::cli {
namespace {

using nlohmann::ordered_json;

ordered_json ToJson(const TuneSettings& settings) {
  return {{"max_batch_size", settings.max_batch},
          {"max_queue_delay_microseconds", settings.delay_us},
          {"preferred_batch_size", settings.preferred_batch},
          {"instance_count", settings.instances}};
}

// JSON has no infinity.
ordered_json Number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json ToJson(const TuneProbe& probe) {
  ordered_json object = {{"settings", ToJson(probe.settings)}, {"purpose", probe.purpose}};
  if (probe.callers > 0) {
    object["concurrency"] = probe.callers;
  } else {
    object["rate"] = probe.rate;
  }
  object["calls_per_second"] = probe.achieved;
  object["percentile"] = probe.percent;
  object["latency_ms"] = Number(probe.latency_ms);
  object["calls"] = probe.calls;
  object["error_rate"] = probe.error_rate;
  object["met"] = probe.met;
  object["valid"] = probe.valid;
  object["generator_cores"] = probe.generator_cores;
  object["seconds"] = probe.seconds;
  return object;
}

ordered_json ToJson(const TuneTrial& trial) {
  return {{"settings", ToJson(trial.settings)},
          {"to_beat", trial.to_beat},
          {"rate", trial.measured.rate},
          {"why_dropped", trial.measured.why}};
}

template <typename T>
ordered_json ListOf(const std::vector<T>& values) {
  ordered_json list = ordered_json::array();
  for (const T& value : values) list.push_back(ToJson(value));
  return list;
}

ordered_json GainJson(const TuneRecord& record) {
  ordered_json rounds = ordered_json::array();
  for (const TuneRound& round : record.rounds) {
    rounds.push_back({{"before", round.before}, {"after", round.after}});
  }
  return {{"rounds", rounds},
          {"change", record.gain.change},
          {"interval", {Number(record.gain.interval.low), Number(record.gain.interval.high)}},
          {"certain", record.gain.certain}};
}

}  // namespace

std::string ShownNumber(double rate) {
  return absl::StrFormat("%.*f", rate < 10 ? 2 : rate < 100 ? 1 : 0, rate);
}

std::string ShownRate(double rate) { return absl::StrFormat("%s calls/s", ShownNumber(rate)); }

void Say(std::string_view line) { std::fprintf(stderr, "%s\n", Printable(line).c_str()); }

std::string ProbeLine(const TuneProbe& probe, double seconds_since_start) {
  const std::string load = probe.callers > 0 ? absl::StrFormat("%d callers", probe.callers)
                                             : absl::StrFormat("at %s/s", ShownNumber(probe.rate));
  const std::string latency = std::isfinite(probe.latency_ms)
                                  ? absl::StrFormat("%.4g ms", probe.latency_ms)
                                  : absl::StrFormat("none, %.1f %% failed", probe.error_rate * 100);
  const char* verdict = probe.callers > 0 ? "" : probe.met ? ", met" : ", missed";
  return absl::StrFormat("%5.0f s  %-12s  %-30s  %10s: %s/s, p%g %s%s%s", seconds_since_start,
                         probe.purpose, ToString(probe.settings), load, ShownNumber(probe.achieved),
                         probe.percent, latency, verdict, probe.valid ? "" : " (sends were late)");
}

std::string TrialLine(const TuneTrial& trial, bool best) {
  const std::string what = ToString(trial.settings);
  if (best) return absl::StrFormat("=> %s: best so far, %s", what, ShownRate(trial.measured.rate));
  return absl::StrFormat("=> %s: dropped: %s", what, trial.measured.why);
}

TuneProbe ProbeOf(const TuneSettings& settings, const std::string& purpose,
                  const client::RunRecord& run, const std::optional<client::Slo>& slo) {
  TuneProbe probe{.settings = settings, .purpose = purpose};
  if (run.load.open_loop) {
    probe.rate = run.load.rate;
  } else {
    probe.callers = run.load.concurrency;
  }
  probe.achieved = run.report.CallsPerSecond();
  if (slo.has_value()) probe.percent = slo->hardest().percent;
  probe.latency_ms = absl::ToDoubleMilliseconds(client::PercentileOfAll(run.report, probe.percent));
  probe.calls = run.report.calls();
  probe.error_rate = run.report.ErrorRate();
  probe.met = client::Met(run.goals);
  probe.valid =
      run.verdict.valid || (run.load.open_loop && probe.met && client::KeptItsRate(run.report));
  probe.generator_cores = run.report.generator.cores;
  probe.seconds = absl::ToDoubleSeconds(run.report.elapsed);
  return probe;
}

const TuneProbe* FastestProbe(const TuneRecord& record) {
  const auto fastest = std::ranges::min_element(record.probes, {}, &TuneProbe::latency_ms);
  return fastest == record.probes.end() ? nullptr : &*fastest;
}

double MostGeneratorCores(const TuneRecord& record) {
  double most = 0;
  for (const TuneProbe& probe : record.probes) most = std::max(most, probe.generator_cores);
  return most;
}

std::string ToJsonText(const TuneRecord& record) {
  ordered_json object = {{"schema_version", 1},
                         {"command", record.command},
                         {"model", record.model},
                         {"device", record.device}};
  object["host"] = ordered_json::object();
  for (const auto& [name, value] : record.host) object["host"][name] = value;
  object["slo"] =
      record.slo.has_value() ? ordered_json(client::ToString(*record.slo)) : ordered_json(nullptr);
  object["current"] = ToJson(record.current);
  object["load_seconds"] = record.load_seconds;
  object["batches"] = ordered_json::array();
  for (const BatchTime& batch : record.batches) {
    object["batches"].push_back(
        {{"rows", batch.rows}, {"median_ms", batch.median_ms}, {"fits", batch.fits}});
  }
  object["probes"] = ListOf(record.probes);
  object["candidates"] = ListOf(record.search.trials);
  object["why_ended"] = record.search.why_ended;
  object["best"] = ToJson(record.search.best);
  object["gain"] = GainJson(record);
  object["result"] = ToJson(record.result);
  object["rate"] = record.rate;
  object["verdict"] = record.verdict;
  object["changes"] = record.changes;
  object["config"] = record.config;
  object["interrupted"] = record.interrupted;
  return object.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace convoy::cli
