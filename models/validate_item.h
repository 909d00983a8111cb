// Checks a request's tensors against what the model declares. Pure.
#pragma once

#include "absl/status/status.h"
#include "models/config/model_spec.h"
#include "models/model.h"

namespace convoy::models {

// See Model::ValidateItem.
absl::Status ValidateItemAgainst(const ModelSpec& spec, const BatchItem& item);

}  // namespace convoy::models
