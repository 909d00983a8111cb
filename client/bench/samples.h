// Samples for a model's inputs, and the calls that carry them. Pure.
//
// A sample is one row: its tensors lack the batch dimension of a model that batches (whose
// metadata begin with -1).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/bench/workload.h"
#include "client/client.h"

namespace convoy::client {

struct Sample {
  std::vector<Tensor> inputs;  // each input of the model once
  std::string expected;        // a label or class index; empty: not judged
};

struct InferOptions {
  std::string version;
  int64_t rows = 1;  // samples a call
};

bool HasBatchDimension(const ModelDescription& model);

// Calls of `rows` samples each, in order and as many as there are samples, wrapping around.
// INVALID_ARGUMENT says which tensor does not fit the model, or that a model without a batch
// dimension takes one row.
absl::StatusOr<Workload> InferWorkload(const ModelDescription& model, const InferOptions& options,
                                       const std::vector<Sample>& samples, std::string source);

// An image file a row, `rows` a call, through Convoy's Classify.
struct ImageSample {
  std::string bytes;
  std::string expected;
};
Workload ClassifyWorkload(const std::string& model, const InferOptions& options,
                          const std::vector<ImageSample>& images);

// One element of a BYTES tensor as it stands in raw contents: its length, then itself.
std::string BytesElement(std::string_view bytes);

struct RandomTensorOptions {
  int64_t extent = 0;  // of open dimensions but the batch; 0: such a model is an error
  int64_t samples = 8;
  uint64_t seed = 1;
  bool zero = false;  // zeros instead
};

// FAILED_PRECONDITION names an open dimension or a type that has no random values.
absl::StatusOr<std::vector<Sample>> RandomSamples(const ModelDescription& model,
                                                  const RandomTensorOptions& options);

// Values between 0 and 1 (integers: 0 or 1) for an input of `shape` (all extents known).
absl::StatusOr<Tensor> RandomTensor(const TensorDescription& input, uint64_t seed);

}  // namespace convoy::client
