// V-Net: Milletari, Navab, Ahmadi, "V-Net: fully convolutional neural networks for volumetric
// medical image segmentation", 3DV 2016: 5x5x5 convolutions in residual stages, strided
// convolutions in place of pooling, PReLU. The size must be a multiple of 16. One channel of
// 64x64x64, two classes, 65,175,314 parameters; width 16.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildVNet(const ZooOptions& options);

}  // namespace convoy::models
