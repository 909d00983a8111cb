// MobileNet V1: Howard et al., "MobileNets: efficient convolutional neural networks for mobile
// vision applications", arXiv 1704.04861, 2017; 4,231,976 parameters. V2: Sandler et al.,
// "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018; 3,504,872. V3-Large: Howard
// et al., "Searching for MobileNetV3", ICCV 2019; 5,483,032. All 224x224; widths 32, 32 and 16.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildMobileNetV1(const ZooOptions& options);
absl::StatusOr<std::string> BuildMobileNetV2(const ZooOptions& options);
absl::StatusOr<std::string> BuildMobileNetV3(const ZooOptions& options);

}  // namespace convoy::models
