#include <cstring>
#include <random>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/bench/samples.h"

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

// One sample's share of the input, with every open dimension set.
absl::StatusOr<TensorDescription> Close(const TensorDescription& input, bool batched,
                                        const ModelDescription& model, int64_t extent) {
  TensorDescription closed = input;
  if (batched && !closed.shape.empty()) closed.shape.erase(closed.shape.begin());
  for (size_t axis = 0; axis < closed.shape.size(); ++axis) {
    if (closed.shape[axis] >= 0) continue;
    closed.shape[axis] = extent;
    if (extent > 0) continue;
    return absl::FailedPreconditionError(
        absl::StrFormat("Input '%s' of model '%s' leaves dimension %d open; say how large it is "
                        "with --extent, or with --shape.",
                        input.name, model.name, axis + (batched ? 1 : 0)));
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

absl::StatusOr<std::vector<Sample>> RandomSamples(const ModelDescription& model,
                                                  const RandomTensorOptions& options) {
  const bool batched = HasBatchDimension(model);
  std::vector<Sample> samples(static_cast<size_t>(options.samples));
  uint64_t seed = options.seed;
  for (Sample& sample : samples) {
    for (const TensorDescription& input : model.inputs) {
      const absl::StatusOr<TensorDescription> closed = Close(input, batched, model, options.extent);
      if (!closed.ok()) return closed.status();
      absl::StatusOr<Tensor> tensor = RandomTensor(*closed, seed++);
      if (!tensor.ok()) return tensor.status();
      if (options.zero) std::memset(tensor->bytes.data(), 0, tensor->bytes.size());
      sample.inputs.push_back(*std::move(tensor));
    }
  }
  return samples;
}

}  // namespace convoy::client
