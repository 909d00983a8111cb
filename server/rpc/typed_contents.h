// The protocol's typed contents (numbers in repeated fields) as a dense tensor. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "inference/grpc_service.pb.h"

namespace convoy::server {

// Fills `out` with the field that belongs to its dtype. INVALID_ARGUMENT when another field is set,
// the number of elements differs, a value leaves the range of a narrow integer, or the dtype has no
// typed field (FP16). `name` is the tensor's, for messages.
absl::Status FillFromContents(const inference::InferTensorContents& contents, std::string_view name,
                              compute::MutableTensorView out);

// The elements of a BYTES tensor, as views of `contents`. INVALID_ARGUMENT when another field is
// set or there are not `count` of them.
absl::StatusOr<std::vector<std::span<const std::byte>>> ByteElements(
    const inference::InferTensorContents& contents, std::string_view name, int64_t count);

// The elements in the field that belongs to `dtype`.
int64_t CountContents(const inference::InferTensorContents& contents, compute::DType dtype);

}  // namespace convoy::server
