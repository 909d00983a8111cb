// U-Net: Ronneberger, Fischer, Brox, "U-Net: Convolutional networks for biomedical image
// segmentation", MICCAI 2015. Its 3x3 convolutions are padded, so the mask is as large as the
// image and the skips need no crop; the size must be a multiple of 16. 256x256 gray, two classes,
// 31,030,658 parameters; width 64. In 3-D: Çiçek, Abdulkadir, Lienkamp, Brox, Ronneberger, "3D
// U-Net: learning dense volumetric segmentation from sparse annotation", MICCAI 2016, padded
// likewise; multiples of 8. Three channels of 64x64x64, three classes, 19,074,627 parameters: the
// paper's 19,069,955 and the gamma and beta of its normalisations; width 32.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildUNet(const ZooOptions& options);
absl::StatusOr<std::string> BuildUNet3d(const ZooOptions& options);

}  // namespace convoy::models
