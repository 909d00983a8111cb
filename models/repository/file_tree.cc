#include "models/repository/file_tree.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "compute/base/status.h"

namespace convoy::models {

namespace fs = std::filesystem;

FileKind DiskFileTree::KindOf(const std::string& path) const {
  std::error_code error;
  const fs::file_type link = fs::symlink_status(path, error).type();
  if (link == fs::file_type::not_found || link == fs::file_type::none) return FileKind::kMissing;
  const fs::file_type target = fs::status(path, error).type();
  if (target == fs::file_type::regular) return FileKind::kFile;
  if (target == fs::file_type::directory) return FileKind::kDirectory;
  const bool broken = target == fs::file_type::not_found || target == fs::file_type::none;
  return broken ? FileKind::kBrokenLink : FileKind::kOther;
}

absl::StatusOr<std::vector<std::string>> DiskFileTree::List(const std::string& directory) const {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    names.push_back(entries->path().filename().string());
  }
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrFormat("directory '%s' cannot be listed: %s", directory, error.message()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<FileStamp> DiskFileTree::StampOf(const std::string& path) const {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  constexpr int64_t kNanoseconds = 1'000'000'000;
  return FileStamp{.bytes = facts.st_size,
                   .modified_ns = facts.st_mtim.tv_sec * kNanoseconds + facts.st_mtim.tv_nsec};
}

absl::StatusOr<std::string> DiskFileTree::Read(const std::string& path, int64_t max_bytes) const {
  // Asked first: opening a pipe would wait for its writer.
  const bool is_file = KindOf(path) == FileKind::kFile;
  std::ifstream stream;
  if (is_file) stream.open(path, std::ios::binary);
  if (!is_file || !stream) {
    return absl::NotFoundError(absl::StrFormat("file '%s' cannot be opened", path));
  }
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > static_cast<uintmax_t>(max_bytes)) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("file '%s' has more than the %d bytes allowed", path, max_bytes));
  }
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

}  // namespace convoy::models
