// JPEG and PNG files as an input tensor: a BYTES tensor of shape [N] or [N, 1], an image a row,
// where the model takes pictures; and what Classify and ModelInfer share in decoding them.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "inference/grpc_service.pb.h"
#include "models/config/model_spec.h"
#include "models/image/image_input.h"

namespace convoy::server {

using EncodedImage = std::span<const std::byte>;

// The elements of a raw BYTES tensor, each behind its length in four little-endian bytes. Views of
// `raw`. INVALID_ARGUMENT when a length runs past the end, or there are not `count` of them.
absl::StatusOr<std::vector<EncodedImage>> SplitByteElements(std::span<const std::byte> raw,
                                                            int64_t count, std::string_view input,
                                                            std::string_view model);

// Rows of a BYTES tensor of pictures. INVALID_ARGUMENT for other shapes and for more rows than a
// batch has.
absl::StatusOr<int64_t> ImageRows(const inference::ModelInferRequest::InferInputTensor& input,
                                  const models::ModelSpec& spec);

// The model's input for `rows` pictures; ImageInputSpec gives it for one.
compute::TensorSpec RowsOf(const compute::TensorSpec& one_row, int64_t rows);

// Decodes a file into its row, as the model's image settings say. RESOURCE_EXHAUSTED when memory is
// short, INVALID_ARGUMENT when the file is no picture.
absl::Status DecodeImage(EncodedImage file, const models::ModelSpec& spec,
                         const compute::MutableTensorView& row,
                         models::ImageRegion* seen = nullptr);

}  // namespace convoy::server
