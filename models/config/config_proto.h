// The answer to the ModelConfig RPC: a ModelSpec in the words of Triton's configuration. Pure.
#pragma once

#include "inference/model_config.pb.h"
#include "models/config/model_spec.h"

namespace convoy::models {

// Complete: what the config left out is filled in. Written as text and parsed again it gives the
// same spec.
inference::ModelConfig ToConfigProto(const ModelSpec& spec);

}  // namespace convoy::models
