// The bytes of a ModelInferRequest on their way to tensors, and tensors on their way to a reply:
// raw and typed contents, BYTES pictures, classification, shared memory. The model is the one that
// the request names.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "server/rpc/request_parameters.h"
#include "server/rpc/tensor_codec.h"
#include "tests/fuzz/fuzz_specs.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using convoy::compute::HostTensor;
using convoy::models::ModelSpec;
using convoy::server::DecodedRequest;
using convoy::testing::kRegionBytes;
using convoy::testing::Require;

// A region "r" over a POSIX object whose name is gone at once.
const convoy::server::SharedMemory& Memory() {
  static const auto* const memory = [] {
    const std::string key = absl::StrFormat("/convoy_fuzz_%d", getpid());
    const int fd = shm_open(key.c_str(), O_RDWR | O_CREAT, 0600);
    Require(fd >= 0 && ftruncate(fd, kRegionBytes) == 0, "the fuzzer has shared memory");
    auto* made = new convoy::server::SharedMemory({.allowed = true});
    Require(made->Register("r", key, 0, kRegionBytes).ok(), "the region is registered");
    shm_unlink(key.c_str());
    close(fd);
    return made;
  }();
  return *memory;
}

const ModelSpec& SpecNamed(const std::string& name) {
  static const std::vector<ModelSpec> specs = convoy::testing::FuzzSpecs();
  for (const ModelSpec& spec : specs) {
    if (spec.name == name) return spec;
  }
  return specs.front();
}

void CheckInputs(const DecodedRequest& decoded, const ModelSpec& spec) {
  Require(decoded.rows >= 1, "a request has rows");
  Require(spec.max_batch_size == 0 || decoded.rows <= spec.max_batch_size, "no more than a batch");
  Require(decoded.inputs.size() == spec.inputs.size(), "each input is there");
  for (size_t i = 0; i < decoded.inputs.size(); ++i) {
    const auto& view = decoded.inputs[i];
    Require(view.spec.dtype == spec.inputs[i].dtype, "an input has the model's type");
    Require(static_cast<size_t>(view.spec.bytes()) == view.bytes.size(), "a view has its bytes");
    // Reads every byte, under the sanitizer's eyes.
    const std::string copy(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size());
    Require(copy.size() == view.bytes.size(), "a view can be read");
  }
}

// Answers that hold the request's own bytes: any bit pattern is a number.
std::vector<HostTensor> MakeOutputs(const DecodedRequest& decoded, const ModelSpec& spec,
                                    const uint8_t* data, size_t size) {
  std::vector<HostTensor> outputs;
  for (const auto& declaration : spec.outputs) {
    convoy::compute::Shape shape;
    if (spec.max_batch_size > 0) shape.Append(decoded.rows);
    for (const int64_t dim : declaration.dims) shape.Append(dim);
    HostTensor tensor({declaration.dtype, shape});
    std::memcpy(tensor.bytes().data(), data, std::min(size, tensor.bytes().size()));
    outputs.push_back(std::move(tensor));
  }
  return outputs;
}

void Answer(DecodedRequest& decoded, const ModelSpec& spec, const uint8_t* data, size_t size) {
  for (size_t i = 0; i < decoded.images.size(); ++i) {
    (void)convoy::server::DecodeImage(decoded.images[i], spec, decoded.ImageRow(i));
  }
  inference::ModelInferResponse response;
  const std::vector<HostTensor> outputs = MakeOutputs(decoded, spec, data, size);
  const absl::Status status =
      convoy::server::EncodeOutputs(outputs, decoded.outputs, spec, response);
  if (!status.ok()) return;
  Require(response.outputs_size() == static_cast<int>(decoded.outputs.size()),
          "each wanted output is there");
  Require(response.raw_output_contents_size() == response.outputs_size(),
          "each output has its raw contents");
  (void)response.SerializeAsString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  inference::ModelInferRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  const ModelSpec& spec = SpecNamed(request.model_name());
  (void)convoy::server::ParseParameters(request);
  auto decoded = convoy::server::DecodeRequest(request, spec, Memory());
  if (!decoded.ok()) {
    Require(!decoded.status().message().empty(), "an error says what is wrong");
    return 0;
  }
  CheckInputs(*decoded, spec);
  Answer(*decoded, spec, data, size);
  return 0;
}
