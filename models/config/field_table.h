// What becomes of every field of Triton's model configuration: one table, by which configs are
// judged and docs/model-configuration.md is rendered. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "inference/model_config.pb.h"
#include "models/config/config_fault.h"

namespace convoy::models {

enum class FieldUse {
  kHonoured,
  kLeftOut,  // setting it changes how fast or where a model runs, not what it answers: a warning
  kRefused,  // leaving it out would change answers: an error
};

struct FieldRow {
  std::string_view path;  // "input.dims"; covers what is inside of it
  FieldUse use;
  std::string_view text;  // what it means here, or why not
};

std::span<const FieldRow> FieldTable();

// Fields that are set and refused, UNIMPLEMENTED, and strings that are no UTF-8 or lists that are
// too long, INVALID_ARGUMENT; each with its path.
std::vector<ConfigFault> FindRefused(const inference::ModelConfig& config);

// Fields that are set and left out, each path once ("instance_group.profile"), and parameters that
// mean nothing here. The status's message is the warning.
std::vector<ConfigFault> FindLeftOut(const inference::ModelConfig& config);

// The text of docs/model-configuration.md.
std::string RenderFieldsPage();

}  // namespace convoy::models
