#include "client/bench/workload.h"

#include <cstring>
#include <random>
#include <utility>

#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

// A request beyond this is no load test but a mistake in a shape.
constexpr int64_t kMostBytes = int64_t{1} << 30;

template <typename T>
std::string RandomBytes(int64_t elements, std::mt19937_64& random) {
  std::string bytes(static_cast<size_t>(elements) * sizeof(T), '\0');
  for (int64_t i = 0; i < elements; ++i) {
    // 24 random bits fill a float's mantissa; an integer gets 0 or 1.
    const uint64_t bits = random() >> 40U;
    const T value = std::is_integral_v<T> ? static_cast<T>(bits & 1U)
                                          : static_cast<T>(static_cast<double>(bits) / (1U << 24U));
    std::memcpy(bytes.data() + static_cast<size_t>(i) * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

// Half precision by its bits: those of positive numbers are in the order of their values.
std::string RandomHalfBytes(int64_t elements, std::mt19937_64& random) {
  std::string bytes(static_cast<size_t>(elements) * 2, '\0');
  for (int64_t i = 0; i < elements; ++i) {
    const auto half = static_cast<uint16_t>(random() % 0x3c01U);  // 0x3c00 is 1.0
    std::memcpy(bytes.data() + static_cast<size_t>(i) * 2, &half, 2);
  }
  return bytes;
}

absl::StatusOr<int64_t> ElementsOf(const TensorDescription& input) {
  int64_t elements = 1;
  for (const int64_t dim : input.shape) {
    if (dim < 0 || __builtin_mul_overflow(elements, dim, &elements) || elements > kMostBytes / 8) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "Input '%s' has the extent %d in its shape; random tensors have at most %d elements.",
          input.name, dim, kMostBytes / 8));
    }
  }
  return elements;
}

// The input with every open dimension set.
absl::StatusOr<TensorDescription> Close(const TensorDescription& input,
                                        const RandomTensorOptions& options) {
  TensorDescription closed = input;
  for (size_t axis = 0; axis < closed.shape.size(); ++axis) {
    int64_t& dim = closed.shape[axis];
    if (dim >= 0) continue;
    dim = axis == 0 ? options.rows : options.extent;
    if (dim > 0) continue;
    return absl::FailedPreconditionError(
        absl::StrFormat("Input '%s' of model '%s' leaves dimension %d open; say how large it is "
                        "with --extent.",
                        input.name, options.model, axis));
  }
  return closed;
}

}  // namespace

absl::StatusOr<Tensor> RandomTensor(const TensorDescription& input, uint64_t seed) {
  const absl::StatusOr<int64_t> elements = ElementsOf(input);
  if (!elements.ok()) return elements.status();
  std::mt19937_64 random(seed);
  Tensor tensor{input.name, input.datatype, input.shape, {}};
  const std::string& type = input.datatype;
  if (type == "FP32") {
    tensor.bytes = RandomBytes<float>(*elements, random);
  } else if (type == "FP64") {
    tensor.bytes = RandomBytes<double>(*elements, random);
  } else if (type == "FP16") {
    tensor.bytes = RandomHalfBytes(*elements, random);
  } else if (type == "INT8" || type == "UINT8" || type == "BOOL") {
    tensor.bytes = RandomBytes<uint8_t>(*elements, random);
  } else if (type == "INT16" || type == "UINT16") {
    tensor.bytes = RandomBytes<uint16_t>(*elements, random);
  } else if (type == "INT32" || type == "UINT32") {
    tensor.bytes = RandomBytes<uint32_t>(*elements, random);
  } else if (type == "INT64" || type == "UINT64") {
    tensor.bytes = RandomBytes<uint64_t>(*elements, random);
  } else {
    return absl::FailedPreconditionError(absl::StrFormat(
        "Input '%s' has the type %s, for which there are no random values.", input.name, type));
  }
  return tensor;
}

Workload::Workload(std::vector<AnyCall> calls, int64_t rows_per_call)
    : calls_(std::move(calls)), rows_per_call_(rows_per_call) {}

Workload Workload::OfImages(std::string model, std::string version,
                            std::vector<std::string> images) {
  std::vector<AnyCall> calls;
  for (std::string& image : images) {
    calls.emplace_back(ClassifyCall{model, version, {std::move(image)}, 1});
  }
  return Workload(std::move(calls), 1);
}

absl::StatusOr<Workload> Workload::OfRandomTensors(Client& client,
                                                   const RandomTensorOptions& options) {
  const absl::StatusOr<ModelDescription> model =
      client.DescribeModel(options.model, options.version, {});
  if (!model.ok()) return model.status();
  std::vector<AnyCall> calls;
  int64_t rows = 1;
  for (int64_t i = 0; i < options.calls; ++i) {
    InferCall call{options.model, options.version, {}, {}};
    for (const TensorDescription& input : model->inputs) {
      const absl::StatusOr<TensorDescription> closed = Close(input, options);
      if (!closed.ok()) return closed.status();
      absl::StatusOr<Tensor> tensor =
          RandomTensor(*closed, options.seed + static_cast<uint64_t>(i));
      if (!tensor.ok()) return tensor.status();
      if (!input.shape.empty() && input.shape[0] < 0) rows = options.rows;
      call.inputs.push_back(*std::move(tensor));
    }
    calls.emplace_back(std::move(call));
  }
  return Workload(std::move(calls), rows);
}

absl::Status Workload::Send(Client& client, int64_t index, const CallOptions& options) const {
  const AnyCall& any = calls_[static_cast<size_t>(index) % calls_.size()];
  if (const auto* infer = std::get_if<InferCall>(&any)) {
    return client.Infer(*infer, options).status();
  }
  const absl::StatusOr<Classification> answer =
      client.Classify(std::get<ClassifyCall>(any), options);
  if (!answer.ok()) return answer.status();
  return answer->images[0].status;
}

}  // namespace convoy::client
