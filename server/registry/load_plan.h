// What is to happen to one model's versions: the files on disk against what serves. Pure.
//
//   const LoadPlan plan = PlanLoad(wanted, held, FailedFiles::kLeave);
//   load plan.load; once all of it serves, unload plan.unload
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace convoy::server {

// A version on disk that the model's version_policy wants.
struct WantedVersion {
  int64_t version = 0;
  std::string stamp;    // of its files, see models/repository/file_stamps.h
  bool settled = true;  // false: the files still changed when they were last looked at
};

// A version that serves, or that failed to load. Both: a newer copy failed, the old one serves.
struct HeldVersion {
  int64_t version = 0;
  std::optional<std::string> serves;  // stamp of the files that it was made from
  std::optional<std::string> failed;  // stamp of the files that do not load
};

// Whether files that failed to load are tried again although they are the same.
enum class FailedFiles { kLeave, kRetry };

// Each list ascends.
struct LoadPlan {
  std::vector<int64_t> load;    // new or changed
  std::vector<int64_t> keep;    // serve already what the files hold
  std::vector<int64_t> wait;    // not settled, or known to fail; an old copy goes on serving
  std::vector<int64_t> unload;  // serve, and are no longer wanted: once all of `load` serves
  std::vector<int64_t> forget;  // failed, and are no longer wanted
};

// A version that is no longer wanted stays while a wanted one waits: a newer version that is broken
// or half copied must not leave the model without any.
LoadPlan PlanLoad(std::span<const WantedVersion> wanted, std::span<const HeldVersion> held,
                  FailedFiles failed);

}  // namespace convoy::server
