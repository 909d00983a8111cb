// A file system in memory: files by path, directories implied. Every change has a time of its own.
// Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compute/base/status.h"
#include "models/repository/file_tree.h"

namespace convoy::testing {

class FakeFileTree : public models::FileTree {
 public:
  void AddFile(const std::string& path, std::string text = "") {
    const std::lock_guard lock(mutex_);
    AddParents(path);
    files_[path] = {std::move(text), ++changes_};
  }
  void AddDirectory(const std::string& path) { AddOther(path, models::FileKind::kDirectory); }
  void AddBrokenLink(const std::string& path) { AddOther(path, models::FileKind::kBrokenLink); }
  void AddSocket(const std::string& path) { AddOther(path, models::FileKind::kOther); }

  // With all that lies below it.
  void Remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const auto below = [&](const auto& entry) {
      return entry.first == path || entry.first.starts_with(path + "/");
    };
    std::erase_if(files_, below);
    std::erase_if(others_, below);
  }

  models::FileKind KindOf(const std::string& path) const override {
    const std::lock_guard lock(mutex_);
    if (files_.contains(path)) return models::FileKind::kFile;
    const auto found = others_.find(path);
    return found == others_.end() ? models::FileKind::kMissing : found->second;
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override {
    if (KindOf(directory) != models::FileKind::kDirectory) {
      return absl::NotFoundError(absl::StrFormat("'%s' is no directory", directory));
    }
    const std::lock_guard lock(mutex_);
    std::set<std::string> names;
    const std::string prefix = directory + "/";
    const auto add = [&](const std::string& path) {
      if (path.rfind(prefix, 0) == 0 && path.find('/', prefix.size()) == std::string::npos) {
        names.insert(path.substr(prefix.size()));
      }
    };
    for (const auto& [path, file] : files_) add(path);
    for (const auto& [path, kind] : others_) add(path);
    return std::vector<std::string>(names.begin(), names.end());
  }

  std::optional<models::FileStamp> StampOf(const std::string& path) const override {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found == files_.end()) return std::nullopt;
    return models::FileStamp{.bytes = static_cast<int64_t>(found->second.text.size()),
                             .modified_ns = found->second.modified};
  }

  absl::StatusOr<std::string> Read(const std::string& path, int64_t max_bytes) const override {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    if (found == files_.end()) return absl::NotFoundError(absl::StrFormat("no file '%s'", path));
    const std::string& text = found->second.text;
    if (static_cast<int64_t>(text.size()) > max_bytes) {
      return absl::ResourceExhaustedError(absl::StrFormat("file '%s' is too large", path));
    }
    return text;
  }

 private:
  struct File {
    std::string text;
    int64_t modified = 0;
  };

  void AddOther(const std::string& path, models::FileKind kind) {
    const std::lock_guard lock(mutex_);
    AddParents(path);
    others_[path] = kind;
  }
  void AddParents(const std::string& path) {
    for (size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      others_[path.substr(0, slash)] = models::FileKind::kDirectory;
    }
  }

  mutable std::mutex mutex_;  // guards what follows
  int64_t changes_ = 0;
  std::map<std::string, File> files_;
  std::map<std::string, models::FileKind> others_;
};

}  // namespace convoy::testing
