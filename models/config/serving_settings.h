// The parts of a config that say how a model is served, read and checked: batching, instances,
// warm-up, version policy and tags. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "inference/model_config.pb.h"
#include "models/config/config_fault.h"
#include "models/config/model_spec.h"

namespace convoy::models {

// Each notes what is wrong and leaves that out. `max_batch_size` and the model's name and inputs
// are those of `spec`.
BatchingSettings ReadBatching(const inference::ModelConfig& config, const ModelSpec& spec,
                              ConfigFaults& faults);
std::vector<InstanceGroup> ReadInstanceGroups(const inference::ModelConfig& config,
                                              const ModelSpec& spec, ConfigFaults& faults);
std::vector<WarmupSample> ReadWarmup(const inference::ModelConfig& config, const ModelSpec& spec,
                                     ConfigFaults& faults);
VersionPolicy ReadVersionPolicy(const inference::ModelConfig& config, ConfigFaults& faults);
std::map<std::string, std::string> ReadMetricTags(const inference::ModelConfig& config,
                                                  ConfigFaults& faults);

}  // namespace convoy::models
