#include "cli/text_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

namespace fs = std::filesystem;

absl::Status CannotBeWritten(const std::string& path, std::string_view reason) {
  return absl::UnavailableError(absl::StrFormat("'%s' cannot be written: %s.", path, reason));
}

// Removes the file unless it has been moved away.
struct TemporaryFile {
  fs::path path;
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

}  // namespace

absl::Status WriteTextFile(const std::string& path, std::string_view text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return absl::OkStatus();
  return CannotBeWritten(path, errno == 0 ? "the write fails" : std::strerror(errno));
}

absl::Status ReplaceTextFile(const std::string& path, std::string_view text) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);
  if (error) return CannotBeWritten(path, error.message());
  const TemporaryFile beside{absl::StrFormat("%s.%d", target.string(), getpid())};
  CONVOY_RETURN_IF_ERROR(WriteTextFile(beside.path.string(), text));
  if (const fs::file_status old = fs::status(target, error); fs::exists(old)) {
    fs::permissions(beside.path, old.permissions(), error);
    if (error) return CannotBeWritten(path, error.message());
  }
  fs::rename(beside.path, target, error);
  return error ? CannotBeWritten(path, error.message()) : absl::OkStatus();
}

}  // namespace convoy::cli
