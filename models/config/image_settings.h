// The image settings of a model: what config.pbtxt says in its `parameters` (keys image_*, listed
// in docs/models.md), and what follows from the input's shape where it says nothing. Pure.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "inference/model_config.pb.h"
#include "models/config/config_fault.h"
#include "models/config/model_spec.h"

namespace convoy::models {

// Of `input`, whose dims are without batch when `batched`. Nullopt when it cannot be an image, or
// when a fault is noted: INVALID_ARGUMENT names the parameter, its value and what is allowed.
std::optional<ImageSettings> ImageSettingsOf(const inference::ModelConfig& config,
                                             const TensorDeclaration& input, bool batched,
                                             ConfigFaults& faults);

// The parameter `key`, or nullopt. "true" and "false" are what it may be.
absl::StatusOr<std::optional<bool>> BoolParameter(const inference::ModelConfig& config,
                                                  const std::string& key);

}  // namespace convoy::models
