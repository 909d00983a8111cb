#include "compute/base/cache_file.h"

#include <unistd.h>
#include <xxhash.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_format.h"

namespace convoy::compute {
namespace {

constexpr uintmax_t kMaxBytes = uintmax_t{64} << 20;

std::string CacheHeading(std::string_view key, std::string_view bytes) {
  return absl::StrFormat("convoy cache 1\n%s\n%d bytes %016x\n", key, bytes.size(),
                         XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace

std::string CacheFilePath(std::string_view name) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return absl::StrFormat("%s/convoy/%s", cache, name);
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return absl::StrFormat("%s/.cache/convoy/%s", home, name);
  return "";
}

std::optional<std::string> ReadCacheFile(const std::string& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kMaxBytes) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file || bytes.size() != size) return std::nullopt;
  return bytes;
}

bool WriteCacheFile(const std::string& path, std::string_view bytes) {
  static std::atomic<int> sequence = 0;
  const std::filesystem::path target(path);
  std::error_code error;
  std::filesystem::create_directories(target.parent_path(), error);
  if (error) return false;
  const std::string temporary = absl::StrFormat("%s.%d.%d", path, getpid(), ++sequence);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) std::filesystem::rename(temporary, target, error);
  if (file && !error) return true;
  std::filesystem::remove(temporary, error);
  return false;
}

std::string SealCache(std::string_view key, std::string_view bytes) {
  return CacheHeading(key, bytes) + std::string(bytes);
}

std::optional<std::string> OpenSealedCache(std::string_view key, std::string_view sealed) {
  size_t heading = 0;
  for (int line = 0; line < 3; ++line) {
    const size_t end = sealed.find('\n', heading);
    if (end == std::string_view::npos) return std::nullopt;
    heading = end + 1;
  }
  const std::string_view bytes = sealed.substr(heading);
  if (sealed.substr(0, heading) != CacheHeading(key, bytes)) return std::nullopt;
  return std::string(bytes);
}

}  // namespace convoy::compute
