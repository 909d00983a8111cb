// SegNet: Badrinarayanan, Kendall, Cipolla, "SegNet: a deep convolutional encoder-decoder
// architecture for image segmentation", PAMI 39(12), 2017. VGG-16's convolutions, and their mirror
// image that un-pools with the places its encoder's maxima came from. The size must be a multiple
// of 32. 352x352, 11 classes, 29,449,355 parameters (the paper's 29.45 M); width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildSegNet(const ZooOptions& options);

}  // namespace convoy::models
