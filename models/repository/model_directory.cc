#include "models/repository/model_directory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "compute/base/quote.h"
#include "compute/base/status.h"
#include "models/config/config_file.h"
#include "models/repository/file_stamps.h"

namespace convoy::models {
namespace {

using compute::Quote;

constexpr char kModelFile[] = "model.onnx";
constexpr char kConfigFile[] = "config.pbtxt";
constexpr char kLabelsFile[] = "labels.txt";

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

absl::StatusOr<inference::ModelConfig> ReadConfig(const FileTree& tree,
                                                  const std::string& directory) {
  const std::string path = JoinPath(directory, kConfigFile);
  if (tree.KindOf(path) == FileKind::kMissing) return inference::ModelConfig();
  CONVOY_ASSIGN_OR_RETURN(const std::string text, tree.Read(path, kMaxConfigBytes));
  return ParseConfig(text, path);
}

std::vector<ModelSource> VersionDirectories(const FileTree& tree, const std::string& name,
                                            const std::string& directory,
                                            const std::vector<std::string>& entries,
                                            const std::string& file,
                                            std::vector<IgnoredPath>& ignored) {
  std::vector<ModelSource> versions;
  for (const std::string& entry : entries) {
    const std::string path = JoinPath(directory, entry);
    const FileKind kind = tree.KindOf(path);
    if (kind == FileKind::kBrokenLink) {
      ignored.push_back({path, "a symbolic link that leads nowhere"});
      continue;
    }
    if (kind != FileKind::kDirectory) continue;
    const std::optional<int64_t> version = ParseVersion(entry);
    if (!version.has_value()) {
      ignored.push_back({path, "no version: its name is no integer without leading zeros"});
      continue;
    }
    const std::string model_path = JoinPath(path, file);
    if (tree.KindOf(model_path) != FileKind::kFile) {
      ignored.push_back({path, absl::StrFormat("no version: it has no file %s", Quote(file))});
      continue;
    }
    versions.push_back({name, *version, model_path, directory});
  }
  return versions;
}

// Files of the model's directory that all its versions depend on. A label file elsewhere is refused
// when the model loads, and not asked for here.
std::vector<std::string> DescribedBy(const inference::ModelConfig& config) {
  std::vector<std::string> names = {kConfigFile, kLabelsFile};
  for (const inference::ModelOutput& output : config.output()) {
    const std::string& labels = output.label_filename();
    if (!labels.empty() && labels.find("..") == std::string::npos) names.push_back(labels);
  }
  return names;
}

// Leaves the versions that the policy serves, ascending.
absl::Status KeepServed(const inference::ModelConfig& config, std::vector<ModelSource>& found) {
  std::vector<int64_t> numbers;
  for (const ModelSource& source : found) numbers.push_back(source.version);
  CONVOY_ASSIGN_OR_RETURN(const std::vector<int64_t> chosen,
                          ChooseVersions(VersionPolicyOf(config), std::move(numbers)));
  std::erase_if(found, [&](const ModelSource& source) {
    return !std::binary_search(chosen.begin(), chosen.end(), source.version);
  });
  std::sort(found.begin(), found.end(),
            [](const ModelSource& a, const ModelSource& b) { return a.version < b.version; });
  return absl::OkStatus();
}

}  // namespace

std::string JoinPath(const std::string& directory, const std::string& name) {
  return directory.empty() || directory.back() == '/' ? directory + name : directory + "/" + name;
}

bool IsModelDirectory(const FileTree& tree, const std::string& path) {
  if (tree.KindOf(JoinPath(path, kConfigFile)) == FileKind::kFile) return true;
  if (tree.KindOf(JoinPath(path, kModelFile)) == FileKind::kFile) return true;
  const auto entries = tree.List(path);
  if (!entries.ok()) return false;
  return std::any_of(entries->begin(), entries->end(), [&](const std::string& name) {
    const std::string file = JoinPath(JoinPath(path, name), kModelFile);
    return ParseVersion(name).has_value() && tree.KindOf(file) == FileKind::kFile;
  });
}

absl::StatusOr<std::vector<ModelSource>> FindVersions(const FileTree& tree, const std::string& name,
                                                      const std::string& directory,
                                                      const std::optional<std::string>& config_text,
                                                      std::vector<IgnoredPath>& ignored) {
  CONVOY_ASSIGN_OR_RETURN(const inference::ModelConfig config,
                          config_text.has_value() ? ParseConfig(*config_text, "the given config")
                                                  : ReadConfig(tree, directory));
  const std::string& given = config.default_model_filename();
  if (given.find('/') != std::string::npos || given == "." || given == "..") {
    return absl::InvalidArgumentError(absl::StrFormat(
        "default_model_filename is %s, but must be a plain file name", Quote(given)));
  }
  const std::string file = given.empty() ? kModelFile : given;
  CONVOY_ASSIGN_OR_RETURN(const std::vector<std::string> entries, tree.List(directory));
  std::vector<ModelSource> found =
      VersionDirectories(tree, name, directory, entries, file, ignored);
  const std::string direct = JoinPath(directory, file);
  const bool has_direct = tree.KindOf(direct) == FileKind::kFile;
  if (found.empty() && has_direct)
    found.push_back({name, 1, direct, directory});
  else if (has_direct)
    ignored.push_back({direct, "there are version directories beside it"});
  if (found.empty()) {
    return absl::NotFoundError(absl::StrFormat(
        "directory '%s' has neither a version directory with a file %s nor such a file of its own",
        directory, Quote(file)));
  }
  CONVOY_RETURN_IF_ERROR(KeepServed(config, found));
  const std::vector<std::string> described_by = DescribedBy(config);
  for (ModelSource& source : found) {
    source.config_text = config_text;
    source.stamp = StampOfVersion(tree, source, described_by);
  }
  return found;
}

}  // namespace convoy::models
