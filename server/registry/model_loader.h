// Brings the models of a repository scan into the registry, one after the other.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "compute/base/clock.h"
#include "compute/runtime/device.h"
#include "models/model.h"
#include "models/repository/repository.h"
#include "server/registry/registry.h"

namespace convoy::server {

struct LoaderSettings {
  models::ModelLoadOptions load;
  QueueDefaults queue;
  // Makes the observer of one version's batches; may be empty.
  std::function<std::unique_ptr<BatchObserver>(const models::Model& model)> observe;
};

// A version that serves, for the banner.
struct LoadedVersion {
  models::ModelSource source;
  int64_t max_batch_size = 0;
  bool takes_images = false;
  models::ModelLoadReport report;
};

struct LoadResult {
  std::vector<LoadedVersion> loaded;
  std::vector<VersionListing> failed;
};

// Loads and warms every version. Those that fail are in the registry with their reason, and do not
// stop the others. `device` and `clock` must outlive the registry's models. Blocks.
LoadResult LoadModels(const models::Snapshot& snapshot, compute::Device& device,
                      const compute::Clock& clock, const LoaderSettings& settings,
                      Registry& registry);

}  // namespace convoy::server
