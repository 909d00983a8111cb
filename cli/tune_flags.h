// What `convoy tune` is told on its command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cli/bench_flags.h"
#include "cli/model_choice.h"
#include "cli/tune_settings.h"

namespace CLI {
class App;
}

namespace convoy::cli {

struct TuneFlags {
  ModelArguments model;
  BenchFlags load;  // what is sent, --slo and --probe-time
  std::string device = "auto";
  int threads = 0;             // 0: all that the process may run on
  std::string tune = "timed";  // the server's --tune
  int64_t callers = 32;        // of closed loops
  int64_t largest_batch = 32;  // that is tried
  std::vector<std::string> settings = AllTuneAxisNames();
  absl::Duration budget = absl::Minutes(5);
  bool write = false;
  std::string output;  // a file; empty: standard output
  std::string json;    // a file, or "-"; empty: none
};

void AddTuneFlags(CLI::App& command, TuneFlags* flags);

}  // namespace convoy::cli
