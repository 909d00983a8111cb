// What `convoy tune` did and saw, whole, and how it tells it: a line each on standard error while
// it goes on, and JSON at the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/tune_gain.h"
#include "cli/tune_search.h"
#include "cli/tune_settings.h"
#include "client/bench/bench_record.h"

namespace convoy::cli {

// One run of the load generator.
struct TuneProbe {
  TuneSettings settings;
  std::string purpose;    // "capacity", "probe", "confirmation", "round 2"
  int64_t callers = 0;    // of a closed loop; 0: an open loop
  double rate = 0;        // asked of an open loop, calls a second
  double achieved = 0;    // good calls a second
  double percent = 99;    // the percentile that counts
  double latency_ms = 0;  // at that percentile of all calls; infinite where too many failed
  int64_t calls = 0;
  double error_rate = 0;
  bool met = true;
  bool valid = true;  // the generator was not the limit, or the objective was met all the same
  double generator_cores = 0;
  double seconds = 0;
};

// How long one batch of its size takes alone, on the idle device.
struct BatchTime {
  int64_t rows = 1;
  double median_ms = 0;
  bool fits = true;  // into the objective
};

struct TuneRecord {
  std::string command, model, device;
  std::vector<std::pair<std::string, std::string>> host;
  std::optional<client::Slo> slo;
  TuneSettings current;
  bool several_groups = false;  // of instances, in the config
  double load_seconds = 0;      // of the first load, kernel trials included
  std::vector<BatchTime> batches;
  std::vector<TuneProbe> probes;
  TuneSearchResult search;
  std::vector<TuneRound> rounds;  // current settings against the best
  TuneGain gain;
  TuneSettings result;
  double rate = 0;      // of the result, the median of its rounds where there are some
  std::string verdict;  // what is to be done and why, in sentences
  std::string config;   // text of a config.pbtxt with the result
  std::vector<std::string> changes;
  bool interrupted = false;
};

std::string ShownNumber(double rate);  // "15.1", "151", "15100": three digits or more
std::string ShownRate(double rate);    // "151 calls/s"

// Prints a line to standard error. Names and messages come from files and the server: control
// characters are shown as '?'.
void Say(std::string_view line);

// A line without its end.
std::string ProbeLine(const TuneProbe& probe, double seconds_since_start);
std::string TrialLine(const TuneTrial& trial, bool best);

// The probe as the run's record has it.
TuneProbe ProbeOf(const TuneSettings& settings, const std::string& purpose,
                  const client::RunRecord& run, const std::optional<client::Slo>& slo);

// The one with the lowest latency at the percentile that counts; null without a probe.
const TuneProbe* FastestProbe(const TuneRecord& record);

// The most cores that the generator took in any probe.
double MostGeneratorCores(const TuneRecord& record);

std::string ToJsonText(const TuneRecord& record);

}  // namespace convoy::cli
