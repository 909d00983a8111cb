// Well-known networks as ONNX files with seeded random weights, for tests and measurements: their
// layers, shapes and parameter counts are the published ones, their answers mean nothing. Weights
// keep the variance of the activations near 1 (He et al. 2015), so that errors stay comparable.
//
//   std::string onnx = *BuildZooModel("resnet18", {.size = 64, .width = 8, .classes = 10});
//
// Thread-safe: no state.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "models/zoo/zoo_options.h"

namespace convoy::models {

// "alexnet", "fcn8s", "lenet5", "resnet18", "resnet50", "unet", "vgg11", "vgg16".
std::span<const std::string_view> ZooNames();

// The bytes of a serialised ONNX ModelProto: input "image" [batch, channels, size, size], output
// "logits" or "probabilities". NOT_FOUND for a name that is not in ZooNames(), INVALID_ARGUMENT for
// options under which a layer has nothing left to work on.
absl::StatusOr<std::string> BuildZooModel(std::string_view name, const ZooOptions& options);

}  // namespace convoy::models
