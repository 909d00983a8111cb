// What one directory of a repository says about a model: its config, its versions, and which of
// them are to be served. Pure over a FileTree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/repository/file_tree.h"
#include "models/repository/model_source.h"

namespace convoy::models {

// Something in a repository that is no model or no version.
struct IgnoredPath {
  std::string path;
  std::string reason;
};

// "directory/name".
std::string JoinPath(const std::string& directory, const std::string& name);

// A config, a model file, or a version directory with a model file makes a directory a model.
bool IsModelDirectory(const FileTree& tree, const std::string& path);

// The versions to serve by the version_policy of config.pbtxt, or of `config_text` where that is
// given, ascending, each with its stamp. What is no version is added to `ignored`.
absl::StatusOr<std::vector<ModelSource>> FindVersions(const FileTree& tree, const std::string& name,
                                                      const std::string& directory,
                                                      const std::optional<std::string>& config_text,
                                                      std::vector<IgnoredPath>& ignored);

}  // namespace convoy::models
