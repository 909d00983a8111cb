// Runs the requests of a config's model_warmup, so that what only shows under them (plans for open
// shapes, memory) shows before the model counts as ready.
#pragma once

#include "absl/status/status.h"
#include "models/model.h"

namespace convoy::models {

// The samples of model.spec().warmup in their order; those of batch size 0 are left out. Blocks.
// The first error, which names its sample, ends it. Zero and random values are the same on every
// machine; files lie below the model directory's warmup/.
absl::Status RunWarmup(Model& model);

}  // namespace convoy::models
