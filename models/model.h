// A Model is one version of a trained network on one device, ready to run batches: the top of
// models/ and, with config/ and repository/, all of it that server/ and cli/ include.
//
//   ModelSource source{.name = "lenet5", .version = 1, .model_path = ".../lenet5/1/model.onnx",
//   .directory = ".../lenet5"}; CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Model> model,
//   Model::Load(source, device, {})); std::vector<BatchItem> batch = {{.rows = 1, .inputs =
//   {image.view()}}}; CONVOY_RETURN_IF_ERROR(model->Run(batch));        // batch[0].outputs holds
//   one tensor a model output
//
// Run is thread-safe; calls that find no free session of their plan wait for one.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/width.h"
#include "compute/runtime/device.h"
#include "compute/tensor/tensor.h"
#include "models/config/model_spec.h"
#include "models/repository/model_source.h"

namespace convoy::models {

// One request's part of a batch: its inputs in the order of spec().inputs, shapes with the batch
// dimension (of `rows`) where the model has one. Run sets `outputs`, in the order of spec().outputs
// and with the same `rows`.
struct BatchItem {
  int64_t rows = 1;
  std::vector<compute::TensorView> inputs;
  std::vector<compute::HostTensor> outputs;
};

struct ModelLoadOptions {
  // Passes to switch off by name, for tests and fault finding ("fold_batch_norm").
  std::vector<std::string> disabled_passes;
  int64_t default_max_batch_size =
      8;  // for models without config whose batch dimension is symbolic
  // Rows of the largest batch to make a plan for, whatever max_batch_size; 0: no limit.
  int64_t largest_batch = 0;
  // Memory of the plans for input shapes that requests choose, beyond which the least recently used
  // go.
  int64_t shape_plan_bytes = int64_t{1} << 30;
  // Run takes several batches at once, each in sessions of its own: as many as the config's
  // instance_group says, else facts().lanes. Else one at a time.
  bool all_lanes = false;
};

// How long a batch of a bucket takes: alone, and (0 where there are no narrow lanes) with all
// narrow lanes at work.
struct BucketRun {
  int64_t rows = 0;
  absl::Duration wide, narrow;
};

// How long the parts of loading took, and what came out of it.
struct ModelLoadReport {
  absl::Duration total;
  std::vector<int64_t> buckets;  // batch sizes with a warm plan: {1, 2, 4, 8}
  int64_t weight_bytes = 0;
  int64_t arena_bytes = 0;      // of the largest bucket's wide session
  int64_t session_bytes = 0;    // inputs, outputs and intermediate values of all warm sessions
  int lanes = 1;                // batches that Run takes at once
  bool narrow_lanes = false;    // they are parts of the device
  std::vector<BucketRun> runs;  // as measured, by bucket; empty with one lane
};

// What Run did, for metrics and for replies that tell their batch size.
struct RunReport {
  int64_t rows = 0;    // of all items together
  int64_t bucket = 0;  // rows of the plan that ran: the smallest bucket that holds them
  compute::Width width = compute::Width::kWide;  // as asked
  absl::Duration gather, compute, scatter;
};

class Model {
 public:
  // Reads the config (or derives it), imports, optimises, compiles and warms every bucket. Errors
  // carry the model's name: NOT_FOUND for missing files, INVALID_ARGUMENT for malformed ones,
  // UNIMPLEMENTED for operators out of reach. `device` must outlive the model.
  static absl::StatusOr<std::unique_ptr<Model>> Load(const ModelSource& source,
                                                     compute::Device& device,
                                                     const ModelLoadOptions& options);
  ~Model();

  const ModelSource& source() const;
  const ModelSpec& spec() const;
  const ModelLoadReport& load_report() const;

  // Rows of the largest batch that Run takes: spec().max_batch_size (1 without batch dimension), or
  // fewer where the device or ModelLoadOptions::largest_batch allow no more.
  int64_t max_rows() const;

  // INVALID_ARGUMENT names the input, the given and the expected name, dtype, rank, dimension or
  // byte count.
  absl::Status ValidateItem(const BatchItem& item) const;

  // Runs all items as one batch. The items agree in every dimension but the batch, have passed
  // ValidateItem, and together have at most max_rows() rows (a model without batch dimension
  // takes one item). A wide batch runs on the whole device, a narrow one on one of its lanes.
  absl::StatusOr<RunReport> Run(std::span<BatchItem> items,
                                compute::Width width = compute::Width::kWide);

  // Steps and per-step times of the plan for `rows` rows of the spec's fixed input shapes; symbolic
  // dimensions other than the batch are an error.
  absl::StatusOr<compute::SessionReport> Profile(int64_t rows, int repeats);

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace convoy::models
