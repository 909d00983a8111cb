#include "models/repository/repository.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/config/config_file.h"

namespace convoy::models {
namespace {

using compute::Quote;

constexpr char kModelFile[] = "model.onnx";
constexpr char kConfigFile[] = "config.pbtxt";

std::string Join(const std::string& directory, const std::string& name) {
  return directory.empty() || directory.back() == '/' ? directory + name : directory + "/" + name;
}

std::string WithoutTrailingSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// The last part of a path: the name of a model directory.
std::string BaseName(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

// Digits only, no leading zero ("0" itself is a version), within int64.
std::optional<int64_t> ParseVersion(const std::string& name) {
  const bool digits = !name.empty() && std::all_of(name.begin(), name.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  int64_t version = 0;
  if (!digits || (name.size() > 1 && name[0] == '0') || !absl::SimpleAtoi(name, &version)) {
    return std::nullopt;
  }
  return version;
}

bool IsHidden(const std::string& name) { return !name.empty() && name[0] == '.'; }

class Scanner {
 public:
  explicit Scanner(const FileTree& tree) : tree_(tree) {}

  absl::Status ScanPath(const std::string& path);
  Snapshot Finish() &&;

 private:
  bool IsModelDirectory(const std::string& path) const;
  absl::Status ScanRepository(const std::string& path);
  void ScanModel(const std::string& directory);
  absl::StatusOr<std::vector<ModelSource>> FindVersions(const std::string& name,
                                                        const std::string& directory);
  absl::StatusOr<inference::ModelConfig> ReadConfig(const std::string& directory) const;
  std::vector<ModelSource> VersionDirectories(const std::string& name, const std::string& directory,
                                              const std::vector<std::string>& entries,
                                              const std::string& file);
  void AddModel(std::string name, const std::string& path,
                absl::StatusOr<std::vector<ModelSource>> versions);
  void Ignore(std::string path, std::string reason) {
    snapshot_.ignored.push_back({std::move(path), std::move(reason)});
  }

  const FileTree& tree_;
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
    case FileKind::kFile: {
      const std::string file = BaseName(path);
      const std::string name(absl::StripSuffix(file, ".onnx"));
      if (name == file || name.empty()) {
        return absl::InvalidArgumentError(
            absl::StrFormat("file '%s' is no model: its name must end in .onnx", path));
      }
      AddModel(name, path, std::vector<ModelSource>{{name, 1, path, ""}});
      return absl::OkStatus();
    }
    case FileKind::kDirectory:
      break;
  }
  if (!IsModelDirectory(path)) return ScanRepository(path);
  if (const std::string name = BaseName(path); name == "." || name == "..") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "path '%s' is a model, but does not say its name; give the directory by its name", path));
  }
  ScanModel(path);
  return absl::OkStatus();
}

// A config, a model file, or a version directory with a model file makes a directory a model.
bool Scanner::IsModelDirectory(const std::string& path) const {
  if (tree_.KindOf(Join(path, kConfigFile)) == FileKind::kFile) return true;
  if (tree_.KindOf(Join(path, kModelFile)) == FileKind::kFile) return true;
  const auto entries = tree_.List(path);
  if (!entries.ok()) return false;
  return std::any_of(entries->begin(), entries->end(), [&](const std::string& name) {
    const std::string file = Join(Join(path, name), kModelFile);
    return ParseVersion(name).has_value() && tree_.KindOf(file) == FileKind::kFile;
  });
}

absl::Status Scanner::ScanRepository(const std::string& path) {
  CONVOY_ASSIGN_OR_RETURN(const std::vector<std::string> names, tree_.List(path));
  for (const std::string& name : names) {
    const std::string entry = Join(path, name);
    const FileKind kind = tree_.KindOf(entry);
    if (IsHidden(name)) {
      Ignore(entry, "hidden");
    } else if (kind == FileKind::kDirectory) {
      ScanModel(entry);
    } else if (kind == FileKind::kBrokenLink) {
      Ignore(entry, "a symbolic link that leads nowhere");
    } else {
      Ignore(entry, "no directory, so no model");
    }
  }
  return absl::OkStatus();
}

void Scanner::ScanModel(const std::string& directory) {
  const std::string name = BaseName(directory);
  AddModel(name, directory, FindVersions(name, directory));
}

absl::StatusOr<inference::ModelConfig> Scanner::ReadConfig(const std::string& directory) const {
  const std::string path = Join(directory, kConfigFile);
  if (tree_.KindOf(path) == FileKind::kMissing) return inference::ModelConfig();
  CONVOY_ASSIGN_OR_RETURN(const std::string text, tree_.Read(path, kMaxConfigBytes));
  return ParseConfig(text, path);
}

std::vector<ModelSource> Scanner::VersionDirectories(const std::string& name,
                                                     const std::string& directory,
                                                     const std::vector<std::string>& entries,
                                                     const std::string& file) {
  std::vector<ModelSource> versions;
  for (const std::string& entry : entries) {
    const std::string path = Join(directory, entry);
    const FileKind kind = tree_.KindOf(path);
    if (kind == FileKind::kBrokenLink) {
      Ignore(path, "a symbolic link that leads nowhere");
      continue;
    }
    if (kind != FileKind::kDirectory) continue;
    const std::optional<int64_t> version = ParseVersion(entry);
    if (!version.has_value()) {
      Ignore(path, "no version: its name is no integer without leading zeros");
      continue;
    }
    const std::string model_path = Join(path, file);
    if (tree_.KindOf(model_path) != FileKind::kFile) {
      Ignore(path, absl::StrFormat("no version: it has no file %s", Quote(file)));
      continue;
    }
    versions.push_back({name, *version, model_path, directory});
  }
  return versions;
}

absl::StatusOr<std::vector<ModelSource>> Scanner::FindVersions(const std::string& name,
                                                               const std::string& directory) {
  CONVOY_ASSIGN_OR_RETURN(const inference::ModelConfig config, ReadConfig(directory));
  const std::string& given = config.default_model_filename();
  if (given.find('/') != std::string::npos || given == "." || given == "..") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "default_model_filename is %s, but must be a plain file name", Quote(given)));
  }
  const std::string file = given.empty() ? kModelFile : given;
  CONVOY_ASSIGN_OR_RETURN(const std::vector<std::string> entries, tree_.List(directory));
  std::vector<ModelSource> found = VersionDirectories(name, directory, entries, file);
  const std::string direct = Join(directory, file);
  const bool has_direct = tree_.KindOf(direct) == FileKind::kFile;
  if (found.empty() && has_direct)
    found.push_back({name, 1, direct, directory});
  else if (has_direct)
    Ignore(direct, "there are version directories beside it");
  if (found.empty()) {
    return absl::NotFoundError(absl::StrFormat(
        "directory '%s' has neither a version directory with a file %s nor such a file of its own",
        directory, Quote(file)));
  }
  std::vector<int64_t> numbers;
  for (const ModelSource& source : found) numbers.push_back(source.version);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> chosen,
                          ChooseVersions(VersionPolicyOf(config), std::move(numbers)));
  std::erase_if(found, [&](const ModelSource& source) {
    return !std::binary_search(chosen.begin(), chosen.end(), source.version);
  });
  std::sort(found.begin(), found.end(),
            [](const ModelSource& a, const ModelSource& b) { return a.version < b.version; });
  return found;
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

}  // namespace convoy::models
