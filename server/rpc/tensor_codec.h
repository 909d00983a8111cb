// Between the protocol's tensors and ours. Decoding checks everything about a ModelInfer request
// against the model: what it returns may go straight into a batch.
//
//   CONVOY_ASSIGN_OR_RETURN(DecodedRequest decoded, DecodeRequest(request, spec, memory));
//   ... run ...
//   CONVOY_RETURN_IF_ERROR(EncodeOutputs(outputs, decoded.outputs, spec, *response));
//
// Raw contents are not copied: the views of a DecodedRequest point into the request message, or
// into the DecodedRequest itself for typed contents, shared memory and pictures. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "inference/grpc_service.pb.h"
#include "models/config/model_spec.h"
#include "server/rpc/image_tensor.h"
#include "server/rpc/wanted_outputs.h"

namespace convoy::server {

struct DecodedRequest {
  int64_t rows = 1;
  std::string shape_key;                     // equal for requests that may share a batch
  std::vector<compute::TensorView> inputs;   // in the order of spec.inputs
  std::vector<compute::HostTensor> storage;  // backs the views of what is not in the message
  std::vector<WantedOutput> outputs;         // in the order of spec.outputs

  // Pictures that are still to be decoded, each into its row of the only input.
  std::vector<EncodedImage> images;
  compute::HostTensor pixels;  // backs the input then

  compute::MutableTensorView ImageRow(size_t i);
};

// INVALID_ARGUMENT names the tensor, what is given and what is allowed; NOT_FOUND an unknown region
// of shared memory.
absl::StatusOr<DecodedRequest> DecodeRequest(const inference::ModelInferRequest& request,
                                             const models::ModelSpec& spec,
                                             const SharedMemory& memory);

// Adds the wanted outputs to `response`, each with one entry of raw_output_contents: clients index
// those without a check. `outputs` are in the order of spec.outputs.
absl::Status EncodeOutputs(std::span<const compute::HostTensor> outputs,
                           std::span<const WantedOutput> wanted, const models::ModelSpec& spec,
                           inference::ModelInferResponse& response);

}  // namespace convoy::server
