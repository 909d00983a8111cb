// The model versions of this server and their states.
//
//   registry.SetLoading("lenet5", 1);
//   registry.Add(served_model);                             // READY
//   CONVOY_ASSIGN_OR_RETURN(auto model, registry.Acquire("lenet5", ""));
//   registry.Unload("lenet5", 1);                           // `model` lives on until it is let go
//
// Thread-safe. A version that leaves the registry is let go outside of its lock.
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

enum class VersionState {
  kUntouched,  // in the repository, but never asked for
  kLoading,
  kReady,
  kUnloading,    // takes no more requests; some still hold it
  kUnavailable,  // failed to load, or was unloaded
};

// Stands for the version of a model that failed before a version of it was known.
inline constexpr int64_t kNoVersion = -1;

struct VersionListing {
  std::string name;
  int64_t version = kNoVersion;
  VersionState state = VersionState::kLoading;
  std::string reason;  // why it is unavailable, or why a newer copy of one that serves is not
};

class Registry {
 public:
  using Handle = std::shared_ptr<ServedModel>;

  // A version that serves goes on serving, as READY, until Add replaces it.
  void SetLoading(const std::string& name, int64_t version);
  // READY. The copy that it replaces ends with the last request that holds it.
  void Add(Handle model);
  // A version that serves goes on serving and lists the reason.
  void SetFailed(const std::string& name, int64_t version, const absl::Status& why);

  // Lists the reason with the versions that serve; false when there is none.
  bool SetProblem(const std::string& name, const absl::Status& why);
  // Takes back what SetProblem and SetFailed(kNoVersion) said.
  void ClearProblem(const std::string& name);

  // Takes a version out of service: UNLOADING while requests hold it, then UNAVAILABLE, "unloaded".
  void Unload(const std::string& name, int64_t version);
  void UnloadAll(const std::string& name);
  // Drops a version, or a whole model, from the list; requests that hold it finish.
  void Forget(const std::string& name, int64_t version);
  void ForgetModel(const std::string& name);
  // Drops what is unloaded and let go.
  void ForgetUnloaded(const std::string& name);

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

  // OK when every model of which a version failed to load serves another one. What was unloaded,
  // and what has no version yet, does not count.
  absl::Status CheckAllServe() const;

 private:
  struct Entry {
    VersionState state = VersionState::kLoading;  // kUnloading for good once it is unloaded
    std::string reason;
    Handle model;                        // kReady only
    std::weak_ptr<ServedModel> leaving;  // kUnloading only
  };
  using Versions = std::map<int64_t, Entry>;

  static VersionState Shown(const Entry& entry);
  static Handle Leave(Entry& entry);
  absl::StatusOr<Handle> AcquireLatest(std::string_view name, const Versions& versions) const;
  std::string ModelNames() const;  // for messages: the first of them, quoted

  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Versions, std::less<>> models_;
};

}  // namespace convoy::server
