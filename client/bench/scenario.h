// The four ways in which MLPerf Inference loads a system, and its verdict on a run. Unofficial: the
// rules are theirs, the run is ours. Pure.
//
// Numbers: mlcommons/inference_policies, inference_rules.adoc ("Scenarios"), and
// mlcommons/inference, loadgen/mlperf.conf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/bench/load_report.h"

namespace convoy::client {

enum class Scenario {
  kSingleStream,  // the next query when the last one has come back
  kMultiStream,   // the same with 8 samples a query
  kServer,        // Poisson arrivals
  kOffline,       // all samples at once
};

struct ScenarioRules {
  Scenario scenario = Scenario::kSingleStream;
  const char* name = "";
  absl::Duration fewest_time = absl::Seconds(600);
  int64_t samples_per_query = 1;
  int64_t fewest_queries = 0;           // besides what early stopping asks for
  double percentile = 0;                // 0..1; 0: the result is no latency
  std::optional<absl::Duration> limit;  // of the percentile
};

// single-stream, multi-stream, server or offline; INVALID_ARGUMENT lists these. `limit` is the
// server's: 15 ms for ResNet-50.
absl::StatusOr<ScenarioRules> ParseScenario(std::string_view name);

struct ScenarioLine {
  std::string name;  // "Min duration satisfied"
  bool met = false;
  std::string why;  // a sentence
};

struct ScenarioVerdict {
  bool valid = false;
  std::string result_name;  // "90th percentile latency (early stopping), ms"
  double result = 0;
  std::vector<ScenarioLine> lines;
};

ScenarioVerdict JudgeScenario(const ScenarioRules& rules, const LoadReport& report);

}  // namespace convoy::client
