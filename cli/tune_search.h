// Which settings serve the highest rate: the decisions of `convoy tune`, without servers or clocks.
// Pure: what measures is a function, so that tests search on a model with a known optimum.
//
// Coordinate descent, written out so that its user can follow it:
//
// 1. The settings as they are are measured; they are the best so far.
// 2. Setting by setting, each value on its list is tried with the others as they are best. A
//    candidate is only asked whether it beats the best by `least_gain`, which one probe at that
//    rate mostly answers; one that does is measured and becomes the best. So ties keep what is
//    there.
// 3. Passes over all settings go on until one changes nothing, or the time is over. No combination
//    is tried twice, and those that differ only in what has no effect count as one.
//
// That finds the best combination where settings help or harm each by itself, and may miss two that
// only help together.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/tune_settings.h"

namespace convoy::cli {

// How settings did. `rate` is 0 where they do not reach the one asked for; `why` then says why not.
struct TuneMeasurement {
  double rate = 0;  // calls a second
  std::string why;
};

struct TuneTrial {
  TuneSettings settings;
  double to_beat = 0;  // the rate that was asked for; 0: any
  TuneMeasurement measured;
};

// The highest rate of `settings`, where that is at least `to_beat`. DEADLINE_EXCEEDED when the time
// is over, CANCELLED when the user stopped it; either ends the search with what is known.
using TuneMeasure =
    std::function<absl::StatusOr<TuneMeasurement>(const TuneSettings& settings, double to_beat)>;

struct TuneSearchOptions {
  TuneSettings start;
  std::vector<TuneAxis> axes;
  double least_gain = 0.02;  // less is not told from noise by a probe
};

struct TuneSearchResult {
  TuneSettings best;
  double rate = 0;        // of the best; 0: none has met the objective
  double start_rate = 0;  // of the settings as they are
  std::vector<TuneTrial> trials;
  std::string why_ended;  // a sentence
  absl::Status status;    // what has ended it early, CANCELLED or DEADLINE_EXCEEDED included
};

TuneSearchResult SearchSettings(const TuneSearchOptions& options, const TuneMeasure& measure);

}  // namespace convoy::cli
