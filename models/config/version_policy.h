// Which of a model's versions are served. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::models {

struct VersionPolicy {
  enum class Kind { kLatest, kAll, kSpecific };
  Kind kind = Kind::kLatest;
  int64_t latest = 1;             // kLatest: how many, counted from the highest
  std::vector<int64_t> specific;  // kSpecific

  friend bool operator==(const VersionPolicy&, const VersionPolicy&) = default;
};

// The versions to serve of those `found`, ascending. INVALID_ARGUMENT when none is left or a
// specific one is missing.
absl::StatusOr<std::vector<int64_t>> ChooseVersions(const VersionPolicy& policy,
                                                    std::vector<int64_t> found);

}  // namespace convoy::models
