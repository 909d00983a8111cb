// The protocol's classification extension: an output as text "value:index[:label]", best class
// first, one BYTES tensor. Pure.
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

namespace convoy::server {

inline constexpr int64_t kMaxClassElements = 1'000'000;

// INVALID_ARGUMENT for element types that have no classes (BOOL).
absl::Status CheckClassifiable(const models::TensorDeclaration& output);

// Fills `encoded` and `raw` with the best `classes` of each row of `tensor`: shape [rows, k], or
// [k] without a batch dimension. A row is everything behind the batch, flattened.
absl::Status EncodeClasses(const compute::TensorView& tensor, int64_t classes, bool batched,
                           std::span<const std::string> labels,
                           inference::ModelInferResponse::InferOutputTensor& encoded,
                           std::string& raw);

// The elements of a numeric tensor as doubles.
std::vector<double> ToDoubles(const compute::TensorView& tensor);

}  // namespace convoy::server
