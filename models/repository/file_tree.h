// The few questions that a scan asks of a file system, so that tests answer them from memory.
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::models {

enum class FileKind {
  kMissing,
  kFile,
  kDirectory,
  kBrokenLink,  // a symbolic link whose target is missing or leads back to itself
  kOther,       // socket, device, pipe
};

// What tells one state of a file from another without reading it.
struct FileStamp {
  int64_t bytes = 0;
  int64_t modified_ns = 0;  // by the file system's clock; it may jump, so only equality counts
};

class FileTree {
 public:
  virtual ~FileTree() = default;

  // Symbolic links count as what they lead to.
  virtual FileKind KindOf(const std::string& path) const = 0;
  // Names in a directory, sorted, without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const = 0;
  // Of a plain file; nothing for all else.
  virtual std::optional<FileStamp> StampOf(const std::string& path) const = 0;
  // RESOURCE_EXHAUSTED when the file is larger than `max_bytes`.
  virtual absl::StatusOr<std::string> Read(const std::string& path, int64_t max_bytes) const = 0;
};

// The machine's own files.
class DiskFileTree : public FileTree {
 public:
  FileKind KindOf(const std::string& path) const override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) const override;
  std::optional<FileStamp> StampOf(const std::string& path) const override;
  absl::StatusOr<std::string> Read(const std::string& path, int64_t max_bytes) const override;
};

}  // namespace convoy::models
