// What `convoy tune` may set of a model, and which values it tries. Pure.
//
//   const std::vector<TuneAxis> axes = MakeAxes({.current = settings, .largest_batch = 32});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "inference/model_config.pb.h"
#include "models/config/edit_config.h"

namespace convoy::cli {

struct TuneSettings {
  int64_t max_batch = 0;        // max_batch_size; 0: the tensors have no batch dimension
  int64_t delay_us = 0;         // max_queue_delay_microseconds
  int64_t preferred_batch = 0;  // the only preferred_batch_size; 0: there is none
  int64_t instances = 0;        // instance_group.count; 0: the device decides

  friend bool operator==(const TuneSettings&, const TuneSettings&) = default;
};

// One setting and the values to try: the current one, then the others, nearest first.
struct TuneAxis {
  std::string name;  // as --settings takes it: "batch", "delay", "preferred", "instances"
  int64_t TuneSettings::*field = nullptr;
  std::vector<int64_t> values;
};

std::vector<std::string> AllTuneAxisNames();

struct TuneRange {
  TuneSettings current;
  int64_t rows_per_call = 1;            // no batch may be smaller
  int64_t largest_batch = 32;           // that is tried, or the current one where that is larger
  std::optional<absl::Duration> limit;  // of the objective's tightest latency
  int64_t lanes = 1;                    // batches that the device runs at once
  bool narrow_lanes = false;            // it never runs more
  bool several_groups = false;          // of instances: their counts are left alone
  std::vector<std::string> names = AllTuneAxisNames();  // to be tried
};

// Batches are powers of two. Delays are zero and the three largest of 1, 2, 5, 10, ... that leave
// two thirds of the limit (of 15 ms where there is none) to the computation. Instances are powers
// of two.
std::vector<TuneAxis> MakeAxes(const TuneRange& range);

// The settings without what has no effect: no delay where nothing can join a batch, no preferred
// size without a delay or at the largest batch.
TuneSettings Sensible(TuneSettings settings);

TuneSettings SettingsOf(const inference::ModelConfig& config);

// What of `to` differs from `from`; all of it where `whole`, for a model that has no config yet.
models::BatchingEdit EditBetween(const TuneSettings& from, const TuneSettings& to, bool whole);

std::string ToString(const TuneSettings& settings);  // "batch 8, delay 2ms, preferred 4"

}  // namespace convoy::cli
