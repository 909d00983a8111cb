#include "server/rpc/image_tensor.h"

#include <algorithm>
#include <new>

#include "compute/base/status.h"

namespace convoy::server {
namespace {

constexpr size_t kLengthBytes = 4;

size_t ReadLength(std::span<const std::byte> raw) {
  size_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) length |= std::to_integer<size_t>(raw[i]) << (8 * i);
  return length;
}

absl::Status Incomplete(std::string_view input, size_t wanted, size_t left) {
  return absl::InvalidArgumentError(
      absl::StrFormat("incomplete string data for inference input '%s', expecting string of length "
                      "%d but only %d bytes available",
                      input, wanted, left));
}

}  // namespace

absl::StatusOr<std::vector<EncodedImage>> SplitByteElements(std::span<const std::byte> raw,
                                                            int64_t count, std::string_view input,
                                                            std::string_view model) {
  std::vector<EncodedImage> elements;
  while (!raw.empty() && static_cast<int64_t>(elements.size()) <= count) {
    if (raw.size() < kLengthBytes) return Incomplete(input, kLengthBytes, raw.size());
    const size_t length = ReadLength(raw);
    raw = raw.subspan(kLengthBytes);
    if (length > raw.size()) return Incomplete(input, length, raw.size());
    elements.push_back(raw.first(length));
    raw = raw.subspan(length);
  }
  const auto found = static_cast<int64_t>(elements.size());
  if (found == count) return elements;
  return absl::InvalidArgumentError(absl::StrFormat(
      "expected %d string elements for inference input '%s' for model '%s', got %s%d", count, input,
      model, found > count ? "at least " : "", found));
}

absl::StatusOr<int64_t> ImageRows(const inference::ModelInferRequest::InferInputTensor& input,
                                  const models::ModelSpec& spec) {
  const bool vector = input.shape_size() == 1 || (input.shape_size() == 2 && input.shape(1) == 1);
  if (!vector) {
    return absl::InvalidArgumentError(
        absl::StrFormat("unexpected shape for input '%s' for model '%s': pictures of datatype "
                        "'BYTES' have the shape [N] or [N,1], one element each",
                        spec.inputs[0].name, spec.name));
  }
  const int64_t limit = std::max<int64_t>(spec.max_batch_size, 1);
  if (input.shape(0) < 1 || input.shape(0) > limit) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "inference request batch-size must be from 1 to %d for '%s': input '%s' has %d rows", limit,
        spec.name, spec.inputs[0].name, input.shape(0)));
  }
  return input.shape(0);
}

compute::TensorSpec RowsOf(const compute::TensorSpec& one_row, int64_t rows) {
  compute::TensorSpec spec = one_row;
  if (rows > 1) spec.shape[0] = rows;
  return spec;
}

absl::Status DecodeImage(EncodedImage file, const models::ModelSpec& spec,
                         const compute::MutableTensorView& row, models::ImageRegion* seen) {
  try {
    return models::DecodeToTensor(file, *spec.image, row, seen);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("There is no memory to decode the image");
  }
}

}  // namespace convoy::server
