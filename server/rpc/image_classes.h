// The two ends of Classify: what tensor an image becomes, and which classes the outputs name. Pure.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "convoy/v1/classify.pb.h"
#include "models/config/model_spec.h"

namespace convoy::server {

inline constexpr int kMaxImagesPerCall = 128;
inline constexpr uint32_t kMaxTopK = 1000;
inline constexpr uint32_t kDefaultTopK = 5;

// INVALID_ARGUMENT names the count or top_k given and allowed.
absl::Status CheckClassifyRequest(const convoy::v1::ClassifyRequest& request);

// The input of one image: a batch of one row. FAILED_PRECONDITION says why the model takes no
// images or gives no classes.
absl::StatusOr<compute::TensorSpec> ImageInputSpec(const models::ModelSpec& spec);

// Adds the best `top_k` classes of the model's first output, which has one row.
void AddClasses(const compute::TensorView& output, const models::ModelSpec& spec, uint32_t top_k,
                convoy::v1::ImageResult& result);

}  // namespace convoy::server
