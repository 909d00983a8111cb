// What the batcher runs: the seam between waiting requests and a model. The registry implements it
// over models::Model; tests over a function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "compute/base/width.h"
#include "compute/tensor/tensor.h"

namespace convoy::server {

// One request's share of a batch. Run sets `outputs`, each with `rows` rows.
struct BatchPart {
  int64_t rows = 1;
  std::vector<compute::TensorView> inputs;
  std::vector<compute::HostTensor> outputs;
};

// How a batch went, for metrics and replies.
struct BatchReport {
  uint64_t id = 0;     // unlike every other batch of the process; set by the batcher
  absl::Time start;    // set by the batcher
  int64_t rows = 0;    // of all parts together
  int64_t bucket = 0;  // rows of the plan that ran
  compute::Width width = compute::Width::kWide;
  absl::Duration gather, compute, scatter;
};

// How long a batch in the plan of `rows` rows takes; 0 = not known.
struct BucketTime {
  int64_t rows = 1;
  absl::Duration wide;    // with the device for itself
  absl::Duration narrow;  // on one narrow lane, with work on the others
};

// How many batches a runner takes at once.
struct RunnerLanes {
  int count = 1;
  // The lanes are parts of the device, and a wide batch takes all of them. Else every batch is wide
  // and takes one.
  bool narrow = false;
  std::vector<BucketTime> times;  // all plans, by rows; empty where they are not known
};

class BatchRunner {
 public:
  virtual ~BatchRunner() = default;

  // The same at every call.
  virtual RunnerLanes lanes() const { return {}; }

  // Rows of the largest batch, the same at every call; 0: as many as the model says.
  virtual int64_t max_rows() const { return 0; }

  // Blocks. Called by lanes().count threads at once. An error fails every part of this batch and
  // nothing else.
  virtual absl::StatusOr<BatchReport> Run(std::span<BatchPart> parts, compute::Width width) = 0;
};

}  // namespace convoy::server
