// What a load run sends: image files through Classify, or random tensors through ModelInfer. Each
// distinct call is made once and sent over and over.
//
//   CONVOY_ASSIGN_OR_RETURN(Workload load, Workload::OfRandomTensors(*client, options));
//   load.Send(*client, i, {.timeout = absl::Seconds(10)});
//
// Send is thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"

namespace convoy::client {

struct RandomTensorOptions {
  std::string model;
  std::string version;
  int64_t rows = 1;    // extent of a leading open dimension
  int64_t extent = 0;  // of every other open dimension; 0: such a model is an error
  int64_t calls = 8;   // distinct calls
  uint64_t seed = 1;
};

class Workload {
 public:
  // One image a call, in turn. `images` holds the bytes of at least one file.
  static Workload OfImages(std::string model, std::string version, std::vector<std::string> images);

  // Asks the server for the model's inputs and fills them with values between 0 and 1 (integers:
  // 0 or 1). FAILED_PRECONDITION names an open dimension or a type that has no random values.
  static absl::StatusOr<Workload> OfRandomTensors(Client& client,
                                                  const RandomTensorOptions& options);

  // An image that cannot be decoded fails the call.
  absl::Status Send(Client& client, int64_t index, const CallOptions& options) const;

  int64_t rows_per_call() const { return rows_per_call_; }

 private:
  using AnyCall = std::variant<ClassifyCall, InferCall>;
  Workload(std::vector<AnyCall> calls, int64_t rows_per_call);

  std::vector<AnyCall> calls_;
  int64_t rows_per_call_ = 1;
};

// Exposed for tests: the bytes of one input of `shape` (all extents known).
absl::StatusOr<Tensor> RandomTensor(const TensorDescription& input, uint64_t seed);

}  // namespace convoy::client
