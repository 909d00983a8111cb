// LeNet-5: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
// recognition", Proceedings of the IEEE 86(11), 1998. Digits of 28x28 padded by 2; tanh and
// average pooling as in the paper, but plain averages, full connections between the convolutions
// and a dense last layer, as everybody builds it since. 61,706 parameters; width 6.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildLeNet5(const ZooOptions& options);

}  // namespace convoy::models
