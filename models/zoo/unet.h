// U-Net: Ronneberger, Fischer, Brox, "U-Net: Convolutional networks for biomedical image
// segmentation", MICCAI 2015. Its 3x3 convolutions are padded, so the mask is as large as the image
// and the skips need no crop; the size must be a multiple of 16. 256x256 gray, two classes,
// 31,030,658 parameters; width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildUNet(const ZooOptions& options);

}  // namespace convoy::models
