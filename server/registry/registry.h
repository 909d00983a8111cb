// The model versions of this server and their states.
//
//   registry.SetLoading("lenet5", 1);
//   registry.Add(served_model);                             // READY
//   CONVOY_ASSIGN_OR_RETURN(auto model, registry.Acquire("lenet5", ""));
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/registry/served_model.h"

namespace convoy::server {

enum class VersionState { kLoading, kReady, kUnavailable };

struct VersionListing {
  std::string name;
  int64_t version = 0;  // 0: the model failed before a version of it was known
  VersionState state = VersionState::kLoading;
  std::string reason;  // why it is unavailable
};

class Registry {
 public:
  using Handle = std::shared_ptr<ServedModel>;

  void SetLoading(const std::string& name, int64_t version);
  void Add(Handle model);
  void SetFailed(const std::string& name, int64_t version, const absl::Status& why);

  // `version` is decimal, or empty for the highest ready one. NOT_FOUND for a model or version that
  // there is not, UNAVAILABLE while it loads or after its load failed, INVALID_ARGUMENT for a
  // version that is no positive number.
  absl::StatusOr<Handle> Acquire(std::string_view name, std::string_view version) const;

  // The only model there is, by its highest ready version. INVALID_ARGUMENT lists the models where
  // there are several.
  absl::StatusOr<Handle> AcquireOnly() const;

  bool Knows(std::string_view name) const;
  std::vector<int64_t> ReadyVersions(std::string_view name) const;
  std::vector<VersionListing> List() const;  // by name and version

 private:
  struct Entry {
    VersionState state = VersionState::kLoading;
    std::string reason;
    Handle model;
  };
  using Versions = std::map<int64_t, Entry>;

  absl::StatusOr<Handle> AcquireLatest(std::string_view name, const Versions& versions) const;
  std::string ModelNames() const;  // for messages: the first of them, quoted

  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Versions, std::less<>> models_;
};

}  // namespace convoy::server
