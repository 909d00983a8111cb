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

// In alphabetical order; docs/models.md has the list with papers and sizes.
std::span<const std::string_view> ZooNames();

// Of a version that runs in moments on any device, with odd sizes where the network allows them.
// NOT_FOUND for a name that is not in ZooNames().
absl::StatusOr<ZooOptions> SmallZooOptions(std::string_view name);

// The bytes of a serialised ONNX ModelProto: one input "signal" [batch, channels, size], "image"
// [batch, channels, size, size] or "volume" [batch, channels, size, size, size], one output
// "logits" or "probabilities". NOT_FOUND for a name that is not in ZooNames(), INVALID_ARGUMENT for
// options under which a layer has nothing left to work on.
absl::StatusOr<std::string> BuildZooModel(std::string_view name, const ZooOptions& options);

}  // namespace convoy::models
