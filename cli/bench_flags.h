// What `convoy bench` is told on its command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/server_flags.h"

namespace CLI {
class App;
}

namespace convoy::cli {

struct BenchFlags {
  ServerFlags server;
  std::vector<std::string> metadata;  // "name:value"

  // What is sent.
  std::string model, version;
  std::string images;           // a folder
  std::string as = "classify";  // or bytes, tensor
  std::string image_labels;     // a file: "name label" a line
  bool random = false;
  bool zero = false;
  std::vector<std::string> npy;     // "[INPUT=]FILE"
  std::string input_data;           // a JSON file
  std::vector<std::string> shapes;  // "INPUT:3,224,224"
  int64_t rows = 1;
  int64_t extent = 0;
  uint64_t seed = 1;

  // How it is sent.
  std::vector<int64_t> concurrency = {1};
  std::vector<std::string> rates;  // an open loop each, as ParseRateCurve takes them
  std::string arrivals;            // empty: constant; in a search for the highest rate poisson
  std::string replay;              // a file of timestamps
  std::string intervals;           // a file of gaps
  std::optional<absl::Duration> duration;
  absl::Duration warm_up = absl::Seconds(1);
  int64_t warm_up_calls = 0;
  absl::Duration timeout = absl::Seconds(60);
  std::optional<absl::Duration> drain;
  int64_t calls = 0;
  int64_t max_in_flight = 10'000;
  int connections = 0;  // 0: as many as the load asks for
  int threads = 1;

  // What it must reach.
  std::string slo;
  bool find_max_rate = false;
  absl::Duration probe_time = absl::Seconds(12);
  absl::Duration confirm_time = absl::Seconds(30);
  std::string scenario;
  bool resnet50 = false;
  double max_error_percent = 0.1;
  bool require_stable = false;
  double stability_percent = 10;

  // What is told.
  std::string json, csv, html;      // files; "-" is standard output
  std::vector<std::string> labels;  // "key=value"
  std::vector<double> percentiles = {50, 90, 95, 99, 99.9, 99.99};
  bool quiet = false;
};

// Of these, what is sent to a model.
void AddSampleFlags(CLI::App& command, BenchFlags* flags);

// The flags of the tool's own, in groups that --help shows.
void AddBenchFlags(CLI::App& command, BenchFlags* flags);

// Those that perf_analyzer, ghz and hey have for the same things; they stand in
// docs/load-testing.md.
void AddBenchAliases(CLI::App& command, BenchFlags* flags);

}  // namespace convoy::cli
