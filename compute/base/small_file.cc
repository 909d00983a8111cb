#include "compute/base/small_file.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace convoy::compute {
namespace {

constexpr uintmax_t kMaxBytes = uintmax_t{1} << 20;

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    if (error) return absl::NotFoundError(absl::StrFormat("'%s': %s", path, error.message()));
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is not a file", path));
  }
  if (std::filesystem::file_size(path, error) > kMaxBytes || error) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' has more than the allowed %d bytes", path, kMaxBytes));
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return absl::PermissionDeniedError(
        absl::StrFormat("'%s' cannot be read: %s", path, std::strerror(errno)));
  }
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace convoy::compute
