// The two ends of Classify: what tensor an image becomes, and which classes the outputs name, of
// the picture and of its pixels. Pure.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/tensor.h"
#include "convoy/v1/classify.pb.h"
#include "models/config/model_spec.h"
#include "models/image/image_input.h"

namespace convoy::server {

inline constexpr int kMaxImagesPerCall = 128;
inline constexpr uint32_t kMaxTopK = 1000;
inline constexpr uint32_t kDefaultTopK = 5;

// INVALID_ARGUMENT names the count or top_k given and allowed.
absl::Status CheckClassifyRequest(const convoy::v1::ClassifyRequest& request);

// The input of one image: a batch of one row. FAILED_PRECONDITION says why the model takes no
// images or gives no classes.
absl::StatusOr<compute::TensorSpec> ImageInputSpec(const models::ModelSpec& spec);

// FAILED_PRECONDITION when the model scores pictures as a whole.
absl::Status CheckGivesClassMap(const models::ModelSpec& spec);

// Adds the best `top_k` classes of the model's first output, which has one row: by score or, where
// the model scores every pixel, by the share of the pixels, classes without any left out.
void AddClasses(const compute::TensorView& output, const models::ModelSpec& spec, uint32_t top_k,
                convoy::v1::ImageResult& result);

// Adds the best class of each pixel of the picture's part `seen`, or fails like CheckGivesClassMap.
absl::Status AddClassMap(const compute::TensorView& output, const models::ModelSpec& spec,
                         const models::ImageRegion& seen, convoy::v1::ImageResult& result);

}  // namespace convoy::server
