// Makes one version of a model on disk ready to serve.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "compute/base/clock.h"
#include "compute/runtime/device.h"
#include "models/model.h"
#include "models/repository/model_source.h"
#include "server/registry/registry.h"

namespace convoy::server {

// A version that serves, for the banner.
struct LoadedVersion {
  models::ModelSource source;
  int64_t max_batch_size = 0;
  bool takes_images = false;
  models::ModelLoadReport report;
};

using DeviceLost = std::function<void(const absl::Status& why)>;

struct LoaderSettings {
  models::ModelLoadOptions load;
  QueueDefaults queue;
  ResponseCache* cache = nullptr;  // must outlive the versions; null: no answers are kept
  // Makes the observer of one version's batches; may be empty.
  std::function<std::unique_ptr<BatchObserver>(const models::Model& model)> observe;
  // Called from a batch's thread for every batch that fails because the device is lost; may be
  // empty.
  DeviceLost device_lost;
  // Learns of every version that is ready; may be empty.
  std::function<void(LoadedVersion)> loaded;
};

// What came of the start, for the banner.
struct LoadResult {
  std::vector<LoadedVersion> loaded;
  std::vector<VersionListing> failed;
};

// Reads, compiles and warms one version. `device` and `clock` must outlive it. Blocks.
absl::StatusOr<std::unique_ptr<ServedModel>> LoadVersion(const models::ModelSource& source,
                                                         compute::Device& device,
                                                         const compute::Clock& clock,
                                                         const LoaderSettings& settings);

}  // namespace convoy::server
