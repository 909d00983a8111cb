// One model timed on one device at one batch size: what `convoy profile` prints.
//
//   CONVOY_ASSIGN_OR_RETURN(const ModelFiles files, models::ReadModelFiles(source, 1));
//   CONVOY_ASSIGN_OR_RETURN(const BatchProfile profile, ProfileBatch(files, *device, request));
//
// Used by one thread at a time: the timing wants the machine for itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/runtime/device.h"
#include "models/inspect/model_plan.h"
#include "models/model_files.h"

namespace convoy::cli {

struct ProfileRequest {
  models::PlanRequest plan;
  absl::Duration duration;  // of each of the two measurements: whole runs, and step by step
  std::string input_path;   // bytes of all inputs, one behind the other; empty: random values
  std::string output_path;  // where the bytes of all outputs go; empty: nowhere
};

// A layer is what the session runs in one go: a step of the plan, or a change of layout that the
// device put between two.
struct LayerProfile {
  compute::StepReport step;
  std::string op;       // "Conv"; empty for what the device added
  std::string outputs;  // "FP32[8x64x56x56]"
};

struct BatchProfile {
  int64_t batch = 1;
  // From the files to the plan, from there to the session, and its first run; and from the start of
  // the process to the first answer, which counts for the first batch size alone.
  double plan_ms = 0, compile_ms = 0, first_run_ms = 0, start_to_answer_ms = 0;
  // Whole runs, as requests meet them. They are faster than the sum of the layers.
  int64_t runs = 0;
  double median_ms = 0, min_ms = 0;
  double p99_ms = 0;  // by nearest rank: of fewer than 100 runs, the slowest
  std::vector<LayerProfile> layers;
  bool layers_timed = false;  // false where the device has no clock: their times are 0
  int64_t layer_runs = 0;     // runs in which they were timed
  double flops = 0, bytes = 0, moved_bytes = 0;  // of all layers
  int64_t arena_bytes = 0, arena_peak_bytes = 0, weight_bytes = 0;
  int64_t peak_rss_bytes = 0;  // of the process up to now

  double images_per_s() const { return 1e3 * static_cast<double>(batch) / median_ms; }
  // What the medians of all layers add up to.
  double layers_ms() const;
  // Which part of that a layer is; 0 where layers are not timed.
  double ShareOf(const LayerProfile& layer) const;
};

absl::StatusOr<BatchProfile> ProfileBatch(const models::ModelFiles& files, compute::Device& device,
                                          const ProfileRequest& request);

}  // namespace convoy::cli
