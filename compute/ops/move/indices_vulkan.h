// The table by which kernels turn indices into addresses (shaders/move/indices.glsl). Pure but for
// the upload.
#pragma once

#include "absl/status/statusor.h"
#include "compute/ops/indexing.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// Extent and stride of `count` dimensions of `data` from `first` on, as integer words.
absl::StatusOr<VulkanOperand> UploadIndexTable(const Shape& data, int first, int count,
                                               VulkanStepBuilder& builder);

}  // namespace convoy::compute
