// ResNet: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016: 18 layers
// of basic blocks (11,689,512 parameters) and 50 of bottleneck blocks (25,557,032). The bottleneck
// strides in its 3x3 convolution ("v1.5"), as every benchmark does today. 224x224; width 64. Batch
// normalisation stays a node of its own.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildResNet18(const ZooOptions& options);
absl::StatusOr<std::string> BuildResNet50(const ZooOptions& options);

}  // namespace convoy::models
