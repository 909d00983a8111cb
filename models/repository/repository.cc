#include "models/repository/repository.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/strip.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/repository/file_stamps.h"

namespace convoy::models {
namespace {

std::string WithoutTrailingSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// The last part of a path: the name of a model directory.
std::string BaseName(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

bool IsHidden(const std::string& name) { return !name.empty() && name[0] == '.'; }

// The name of the model that a file is; nothing unless it ends in .onnx.
std::optional<std::string> NameOfFile(const std::string& path) {
  const std::string file = BaseName(path);
  const std::string name(absl::StripSuffix(file, ".onnx"));
  if (name == file || name.empty()) return std::nullopt;
  return name;
}

class Scanner {
 public:
  explicit Scanner(const FileTree& tree) : tree_(tree) {}

  // From now on all other models are passed over.
  void Only(const std::string& name, const std::optional<std::string>& config_text) {
    only_ = name;
    config_text_ = config_text;
  }

  absl::Status ScanPath(const std::string& path);
  Snapshot Finish() &&;

 private:
  absl::Status ScanFile(const std::string& path);
  absl::Status ScanRepository(const std::string& path);
  void ScanModelDirectory(const std::string& directory);
  void AddModel(std::string name, const std::string& path,
                absl::StatusOr<std::vector<ModelSource>> versions);
  bool Wants(const std::string& name) const { return !only_.has_value() || *only_ == name; }
  void Ignore(std::string path, std::string reason) {
    snapshot_.ignored.push_back({std::move(path), std::move(reason)});
  }

  const FileTree& tree_;
  std::optional<std::string> only_;
  std::optional<std::string> config_text_;
  std::map<std::string, ModelEntry> models_;
  Snapshot snapshot_;
};

absl::Status Scanner::ScanPath(const std::string& path) {
  switch (tree_.KindOf(path)) {
    case FileKind::kMissing:
      return absl::NotFoundError(absl::StrFormat("path '%s' does not exist", path));
    case FileKind::kBrokenLink:
      return absl::NotFoundError(
          absl::StrFormat("path '%s' is a symbolic link that leads nowhere", path));
    case FileKind::kOther:
      return absl::InvalidArgumentError(
          absl::StrFormat("path '%s' is neither a file nor a directory", path));
    case FileKind::kFile:
      return ScanFile(path);
    case FileKind::kDirectory:
      break;
  }
  if (!IsModelDirectory(tree_, path)) return ScanRepository(path);
  if (const std::string name = BaseName(path); name == "." || name == "..") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "path '%s' is a model, but does not say its name; give the directory by its name", path));
  }
  ScanModelDirectory(path);
  return absl::OkStatus();
}

absl::Status Scanner::ScanFile(const std::string& path) {
  const std::optional<std::string> name = NameOfFile(path);
  if (!name.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("file '%s' is no model: its name must end in .onnx", path));
  }
  if (!Wants(*name)) return absl::OkStatus();
  ModelSource source{*name, 1, path, "", config_text_};
  source.stamp = StampOfVersion(tree_, source, {});
  AddModel(*name, path, std::vector<ModelSource>{std::move(source)});
  return absl::OkStatus();
}

absl::Status Scanner::ScanRepository(const std::string& path) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<std::string> names, tree_.List(path));
  for (const std::string& name : names) {
    const std::string entry = JoinPath(path, name);
    const FileKind kind = tree_.KindOf(entry);
    if (IsHidden(name)) {
      Ignore(entry, "hidden");
    } else if (kind == FileKind::kDirectory) {
      ScanModelDirectory(entry);
    } else if (kind == FileKind::kBrokenLink) {
      Ignore(entry, "a symbolic link that leads nowhere");
    } else if (kind == FileKind::kFile && NameOfFile(name).has_value()) {
      CONVOY_RETURN_IF_ERROR(ScanFile(entry));
    } else {
      Ignore(entry, "neither a directory nor an .onnx file, so no model");
    }
  }
  return absl::OkStatus();
}

void Scanner::ScanModelDirectory(const std::string& directory) {
  const std::string name = BaseName(directory);
  if (!Wants(name)) return;
  AddModel(name, directory, FindVersions(tree_, name, directory, config_text_, snapshot_.ignored));
}

void Scanner::AddModel(std::string name, const std::string& path,
                       absl::StatusOr<std::vector<ModelSource>> versions) {
  const auto [entry, is_new] = models_.try_emplace(name);
  ModelEntry& model = entry->second;
  model.name = name;
  model.path = path;
  if (!is_new) {
    model.versions.clear();
    model.status = absl::AlreadyExistsError(
        absl::StrFormat("model '%s' is there more than once, so none of them is served", name));
  } else if (versions.ok()) {
    model.versions = *std::move(versions);
  } else {
    model.status = compute::WithContext(versions.status(), absl::StrFormat("in model '%s'", name));
  }
}

Snapshot Scanner::Finish() && {
  for (auto& [name, model] : models_) snapshot_.models.push_back(std::move(model));
  return std::move(snapshot_);
}

}  // namespace

absl::StatusOr<Snapshot> Scan(const FileTree& tree, std::span<const std::string> paths) {
  Scanner scanner(tree);
  for (const std::string& path : paths) {
    CONVOY_RETURN_IF_ERROR(scanner.ScanPath(WithoutTrailingSlashes(path)));
  }
  return std::move(scanner).Finish();
}

absl::StatusOr<ModelEntry> ScanModel(const FileTree& tree, std::span<const std::string> paths,
                                     const std::string& name,
                                     const std::optional<std::string>& config_text) {
  Scanner scanner(tree);
  scanner.Only(name, config_text);
  for (const std::string& path : paths) {
    CONVOY_RETURN_IF_ERROR(scanner.ScanPath(WithoutTrailingSlashes(path)));
  }
  Snapshot snapshot = std::move(scanner).Finish();
  if (snapshot.models.empty()) {
    return absl::NotFoundError(
        absl::StrFormat("the repository has no model %s", compute::Quote(name)));
  }
  return std::move(snapshot.models.front());
}

std::vector<std::string> ListModels(const FileTree& tree, std::span<const std::string> paths) {
  std::set<std::string> names;
  for (const std::string& given : paths) {
    const std::string path = WithoutTrailingSlashes(given);
    const FileKind kind = tree.KindOf(path);
    if (kind == FileKind::kFile) {
      if (const auto name = NameOfFile(path); name.has_value()) names.insert(*name);
    } else if (kind == FileKind::kDirectory && IsModelDirectory(tree, path)) {
      names.insert(BaseName(path));
    } else if (const auto entries = tree.List(path); entries.ok()) {
      for (const std::string& name : *entries) {
        if (IsHidden(name)) continue;
        const FileKind entry = tree.KindOf(JoinPath(path, name));
        const std::optional<std::string> file = NameOfFile(name);
        if (entry == FileKind::kDirectory) names.insert(name);
        if (entry == FileKind::kFile && file.has_value()) names.insert(*file);
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace convoy::models
