// FCN-32s and FCN-8s: Long, Shelhamer, Darrell, "Fully convolutional networks for semantic
// segmentation", CVPR 2015, on VGG-16. As published: the first convolution is padded by 100,
// pooling rounds up, the up-convolutions start as bilinear interpolation; FCN-8s crops and adds
// scores of pool3 and pool4. Any size; 500x500, 21 classes, 136,152,917 and 134,489,759
// parameters; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildFcn32s(const ZooOptions& options);
absl::StatusOr<std::string> BuildFcn8s(const ZooOptions& options);

}  // namespace convoy::models
