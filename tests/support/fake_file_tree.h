// A file system in memory: files by path, directories implied. Not thread-safe while it is filled.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compute/base/status.h"
#include "models/repository/file_tree.h"

namespace convoy::testing {

class FakeFileTree : public models::FileTree {
 public:
  void AddFile(const std::string& path, std::string text = "") {
    AddParents(path);
    files_[path] = std::move(text);
  }
  void AddDirectory(const std::string& path) {
    AddParents(path);
    others_[path] = models::FileKind::kDirectory;
  }
  void AddBrokenLink(const std::string& path) {
    AddParents(path);
    others_[path] = models::FileKind::kBrokenLink;
  }
  void AddSocket(const std::string& path) {
    AddParents(path);
    others_[path] = models::FileKind::kOther;
  }

  models::FileKind KindOf(const std::string& path) const override {
    if (files_.contains(path)) return models::FileKind::kFile;
    const auto found = others_.find(path);
    return found == others_.end() ? models::FileKind::kMissing : found->second;
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override {
    if (KindOf(directory) != models::FileKind::kDirectory) {
      return absl::NotFoundError(absl::StrFormat("'%s' is no directory", directory));
    }
    std::set<std::string> names;
    const std::string prefix = directory + "/";
    const auto add = [&](const std::string& path) {
      if (path.rfind(prefix, 0) == 0 && path.find('/', prefix.size()) == std::string::npos) {
        names.insert(path.substr(prefix.size()));
      }
    };
    for (const auto& [path, text] : files_) add(path);
    for (const auto& [path, kind] : others_) add(path);
    return std::vector<std::string>(names.begin(), names.end());
  }

  absl::StatusOr<std::string> Read(const std::string& path, int64_t max_bytes) const override {
    const auto found = files_.find(path);
    if (found == files_.end()) return absl::NotFoundError(absl::StrFormat("no file '%s'", path));
    if (static_cast<int64_t>(found->second.size()) > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrFormat("file '%s' is too large", path));
    }
    return found->second;
  }

 private:
  void AddParents(const std::string& path) {
    for (size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      others_[path.substr(0, slash)] = models::FileKind::kDirectory;
    }
  }

  std::map<std::string, std::string> files_;
  std::map<std::string, models::FileKind> others_;
};

}  // namespace convoy::testing
