// What `convoy bench` did and saw, whole: the input of every report. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/bench/load_report.h"
#include "client/bench/scenario.h"
#include "client/bench/slo.h"
#include "client/bench/slo_search.h"
#include "client/bench/verdict.h"
#include "client/client.h"

namespace convoy::client {

// The load of one run.
struct LoadShape {
  bool open_loop = false;
  int64_t concurrency = 0;  // closed loop
  double rate = 0;          // open loop: calls a second of the plan, on average
  std::string plan;         // open loop: "200@30s", or what is replayed
  std::string arrivals;     // open loop: "poisson", "gamma:3", "replay"
  std::string name;         // "probe 3", "confirmation", "capacity"; empty: the run
};

struct RunRecord {
  LoadShape load;
  LoadReport report;
  Verdict verdict;
  std::optional<ModelCounters> server;  // what the server counted between begin and end
  std::vector<GoalResult> goals;        // of the SLO, if there is one
  std::optional<ScenarioVerdict> scenario;
};

struct BenchRecord {
  std::string tool_version;
  std::string started_at;  // RFC 3339
  std::string command;
  uint64_t seed = 1;
  std::vector<std::pair<std::string, std::string>> host;    // "cpu", "cores", "kernel", ...
  std::vector<std::pair<std::string, std::string>> labels;  // --label key=value
  std::string url;
  ServerDescription server;
  std::string model, model_version;
  std::string input;  // "random", "images", ...
  int64_t rows_per_call = 1;
  int64_t request_bytes = 0;
  int64_t connections = 1;
  std::vector<double> percentiles = {50, 90, 95, 99, 99.9, 99.99};
  std::vector<RunRecord> runs;  // at least one
  std::optional<Slo> slo;
  std::optional<SearchResult> search;  // runs are then its probes
  size_t result = 0;                   // the run that is the answer

  const RunRecord& answer() const { return runs[result]; }
};

double RowsPerSecond(const BenchRecord& bench, const RunRecord& run);

// "c=8" or "200/s", as a table or an axis names the run.
std::string ShortName(const LoadShape& load);

// "closed loop, 8 calls in flight" or "open loop, 200@30s, poisson".
std::string LongName(const LoadShape& load);

// Mean times in the server of one call, as ModelStatistics counts them; all zero without calls.
struct ServerMeans {
  absl::Duration total, queue, compute_input, compute_infer, compute_output;
  double batch_size = 0;
};
ServerMeans MeansOf(const ModelCounters& counted);

// What has been counted between two looks.
ModelCounters Difference(const ModelCounters& after, const ModelCounters& before);

// One sentence for the question whose latencies these are.
std::string LatencyNote(const LoadShape& load);

}  // namespace convoy::client
