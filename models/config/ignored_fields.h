// What a config.pbtxt says that Convoy reads over: fields of Triton's that change how a server runs
// a model, not what it answers. Those that would change answers are errors of ParseConfig. Pure.
#pragma once

#include <string>
#include <vector>

#include "inference/model_config.pb.h"

namespace convoy::models {

// Paths of the fields that are set and not used, "instance_group" or
// "dynamic_batching.preserve_ordering", each once, and "parameters['key']" for keys that mean
// nothing here.
std::vector<std::string> IgnoredFields(const inference::ModelConfig& config);

}  // namespace convoy::models
