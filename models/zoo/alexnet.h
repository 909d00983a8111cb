// AlexNet: Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural
// networks", NIPS 2012, as published: two groups where its two GPUs did not speak to each other,
// local response normalisation, overlapping pooling. 227x227, 60,965,224 parameters; width 96.
// The one-tower form is of Krizhevsky, "One weird trick for parallelizing convolutional neural
// networks", arXiv 1404.5997, 2014: no groups, no normalisation. 224x224, 61,100,840 parameters;
// width 64.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

absl::StatusOr<std::string> BuildAlexNet(const ZooOptions& options);
absl::StatusOr<std::string> BuildAlexNetOneTower(const ZooOptions& options);

}  // namespace convoy::models
