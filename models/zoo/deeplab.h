// DeepLabV3: Chen, Papandreou, Schroff, Adam, "Rethinking atrous convolution for semantic image
// segmentation", arXiv 1706.05587, 2017: a ResNet-50 whose last stages dilate instead of striding
// (output stride 8), and atrous spatial pyramid pooling at rates 12, 24 and 36 beside a 1x1
// convolution and the image's mean. Any size; 513x513, 21 classes, 39,638,869 parameters; width
// 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildDeepLabV3(const ZooOptions& options);

}  // namespace convoy::models
