// What the batcher runs: the seam between waiting requests and a model. The registry implements it
// over models::Model; tests over a function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
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
  int64_t rows = 0;    // of all parts together
  int64_t bucket = 0;  // rows of the plan that ran
  absl::Duration gather, compute, scatter;
};

class BatchRunner {
 public:
  virtual ~BatchRunner() = default;

  // Blocks. Called by one thread at a time. An error fails every part of this batch and nothing
  // else.
  virtual absl::StatusOr<BatchReport> Run(std::span<BatchPart> parts) = 0;
};

}  // namespace convoy::server
