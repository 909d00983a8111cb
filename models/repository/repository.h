// Finds models on disk. A path given to the server is one of
//
//   repository/lenet5/[config.pbtxt][labels.txt]/1/model.onnx    versions: Triton's layout
//   repository/lenet5/[config.pbtxt][labels.txt] model.onnx      one version, number 1
//   repository/lenet5.onnx                                       one version, number 1
//   lenet5/                                                      a directory that is itself a model
//   lenet5.onnx                                                  a bare file, model "lenet5"
//
// Pure over a FileTree; no threads, no state:
//
//   CONVOY_ASSIGN_OR_RETURN(const Snapshot snapshot, Scan(DiskFileTree(), paths));
//   for (const ModelEntry& model : snapshot.models) ...
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/repository/file_tree.h"
#include "models/repository/model_directory.h"
#include "models/repository/model_source.h"

namespace convoy::models {

// One model that a path holds.
struct ModelEntry {
  std::string name;
  std::string path;  // its directory, or the .onnx file
  // The versions to serve by the config's version_policy (default: the highest), ascending.
  std::vector<ModelSource> versions;
  // Why it cannot be served: a malformed config, no version, the same name twice. `versions` is
  // then empty.
  absl::Status status;
};

struct Snapshot {
  std::vector<ModelEntry> models;  // by name
  std::vector<IgnoredPath> ignored;
};

// NOT_FOUND for a path that does not exist, INVALID_ARGUMENT for one that is no model and holds
// none by its form (an empty repository is fine: models may be added later). What is wrong with
// one model is that model's `status` and leaves the others alone.
absl::StatusOr<Snapshot> Scan(const FileTree& tree, std::span<const std::string> paths);

// The one model of that name; NOT_FOUND where there is none. The name is compared with what the
// directories list and never becomes part of a path. `config_text` stands in for its config.pbtxt.
absl::StatusOr<ModelEntry> ScanModel(const FileTree& tree, std::span<const std::string> paths,
                                     const std::string& name,
                                     const std::optional<std::string>& config_text);

// The names of all models, sorted, without looking into them. Paths that are not there have none.
std::vector<std::string> ListModels(const FileTree& tree, std::span<const std::string> paths);

}  // namespace convoy::models
