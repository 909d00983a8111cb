// Files that a model names (weights, labels) must lie inside the model's directory. Thread-safe.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/base/quote.h"

namespace convoy::compute {

// The canonical path of `name` inside `directory`. INVALID_ARGUMENT when it is absolute, climbs by
// "..", or a symbolic link leads outside; NOT_FOUND when there is no such file.
inline absl::StatusOr<std::string> ResolveInside(const std::string& directory,
                                                 const std::string& name) {
  namespace fs = std::filesystem;
  const fs::path relative(name);
  const bool climbs = std::find(relative.begin(), relative.end(), "..") != relative.end();
  if (name.empty() || relative.is_absolute() || climbs || name.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrFormat("file name %s must be a relative path without '..'", Quote(name)));
  }
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  const fs::path file = error ? fs::path() : fs::canonical(root / relative, error);
  if (error) {
    return absl::NotFoundError(absl::StrFormat("file %s cannot be found in '%s': %s", Quote(name),
                                               directory, error.message()));
  }
  if (std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("file %s leads outside of '%s'", Quote(name), directory));
  }
  return file.string();
}

}  // namespace convoy::compute
