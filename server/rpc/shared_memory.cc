#include "server/rpc/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "compute/base/quote.h"
#include "compute/base/status.h"

namespace convoy::server {
namespace {

using compute::Quote;

constexpr size_t kMaxNameBytes = 256;

// Closes the descriptor unless it is released.
class OpenFile {
 public:
  explicit OpenFile(int fd) : fd_(fd) {}
  ~OpenFile() {
    if (fd_ >= 0) close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// Bytes of the object; negative when it is no memory object (a FIFO that somebody put there, say).
int64_t ObjectBytes(int fd) {
  struct stat facts {};
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return -1;
  return facts.st_size;
}

absl::Status CheckName(const std::string& name) {
  if (!name.empty() && name.size() <= kMaxNameBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("A shared memory region has a name of 1 to %d bytes, this one has %d",
                      kMaxNameBytes, name.size()));
}

}  // namespace

SharedRegion::SharedRegion(std::string name, std::string key, int64_t offset, int64_t bytes, int fd)
    : name_(std::move(name)), key_(std::move(key)), offset_(offset), bytes_(bytes), fd_(fd) {}

SharedRegion::~SharedRegion() { close(fd_); }

absl::Status SharedRegion::CheckSpan(int64_t offset, uint64_t size) const {
  // No sum that could overflow.
  if (offset >= 0 && offset <= bytes_ && size <= static_cast<uint64_t>(bytes_ - offset)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrFormat(
      "Invalid offset + byte size for shared memory region: %s: %d bytes at offset %d, the region "
      "has %d",
      Quote(name_), size, offset, bytes_));
}

absl::Status SharedRegion::Shrunk() const {
  return absl::InvalidArgumentError(
      absl::StrFormat("The shared memory behind region %s cannot be used: it has become smaller "
                      "than the region since it was registered",
                      Quote(name_)));
}

absl::Status SharedRegion::Read(int64_t offset, std::span<std::byte> out) const {
  CONVOY_RETURN_IF_ERROR(CheckSpan(offset, out.size()));
  while (!out.empty()) {
    const ssize_t got = pread(fd_, out.data(), out.size(), offset_ + offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Shrunk();
    out = out.subspan(static_cast<size_t>(got));
    offset += got;
  }
  return absl::OkStatus();
}

absl::Status SharedRegion::Write(int64_t offset, std::span<const std::byte> in) const {
  CONVOY_RETURN_IF_ERROR(CheckSpan(offset, in.size()));
  // A write beyond the end would make the object larger again, at the cost of the host's memory.
  if (ObjectBytes(fd_) < offset_ + bytes_) return Shrunk();
  while (!in.empty()) {
    const ssize_t put = pwrite(fd_, in.data(), in.size(), offset_ + offset);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      return absl::InternalError(absl::StrFormat("Shared memory region %s cannot be written: %s",
                                                 Quote(name_), std::strerror(errno)));
    }
    in = in.subspan(static_cast<size_t>(put));
    offset += put;
  }
  return absl::OkStatus();
}

absl::Status SharedMemory::CheckAllowed() const {
  if (settings_.allowed) return absl::OkStatus();
  return absl::UnimplementedError(
      "Client shared memory is disabled. Start the server with --allow-client-shm=true to enable "
      "it");
}

// As for shm_open: "/name", the slash may be left out.
absl::Status SharedMemory::CheckKey(const std::string& key) const {
  const std::string_view file = std::string_view(key).substr(key.starts_with('/') ? 1 : 0);
  if (file.empty() || file.size() >= kMaxNameBytes || file == "." || file == ".." ||
      file.find('/') != std::string_view::npos || file.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is no key of shared memory: it is a slash and a name of 1 to %d bytes without one",
        Quote(key), kMaxNameBytes - 1));
  }
  const auto bare = [](std::string_view text) {
    return text.substr(text.starts_with('/') ? 1 : 0);
  };
  const auto& prefixes = settings_.key_prefixes;
  if (prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) {
        return file.starts_with(bare(prefix));
      })) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError(absl::StrFormat(
      "Shared memory key %s is not among those that this server takes (--client-shm-prefix)",
      Quote(key)));
}

absl::Status SharedMemory::Register(const std::string& name, const std::string& key,
                                    uint64_t offset, uint64_t bytes) {
  CONVOY_RETURN_IF_ERROR(CheckAllowed());
  CONVOY_RETURN_IF_ERROR(CheckName(name));
  CONVOY_RETURN_IF_ERROR(CheckKey(key));
  const std::lock_guard lock(mutex_);
  if (regions_.contains(name)) {
    return absl::AlreadyExistsError(
        absl::StrFormat("shared memory region %s already in manager", Quote(name)));
  }
  if (regions_.size() >= kMaxRegions) {
    return absl::ResourceExhaustedError(absl::StrFormat(
        "%d shared memory regions are registered, and that is the limit", kMaxRegions));
  }
  OpenFile object(shm_open(key.c_str(), O_RDWR, 0));
  if (object.get() < 0) {
    return absl::InternalError(absl::StrFormat("Unable to open shared memory region: %s: %s",
                                               Quote(key), std::strerror(errno)));
  }
  const int64_t size = ObjectBytes(object.get());
  const auto has = static_cast<uint64_t>(std::max<int64_t>(size, 0));
  if (size < 0 || bytes == 0 || bytes > has || offset > has - bytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("failed to register shared memory region %s: invalid args: %d bytes at "
                        "offset %d of an object of %d",
                        Quote(name), bytes, offset, has));
  }
  regions_[name] = std::make_shared<SharedRegion>(name, key, static_cast<int64_t>(offset),
                                                  static_cast<int64_t>(bytes), object.Release());
  return absl::OkStatus();
}

absl::Status SharedMemory::Unregister(const std::string& name) {
  CONVOY_RETURN_IF_ERROR(CheckAllowed());
  const std::lock_guard lock(mutex_);
  if (name.empty()) {
    regions_.clear();
  } else {
    regions_.erase(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<SharedMemory::Region>> SharedMemory::List(
    const std::string& name) const {
  CONVOY_RETURN_IF_ERROR(CheckAllowed());
  const std::lock_guard lock(mutex_);
  std::vector<Region> listed;
  for (const auto& [each, region] : regions_) {
    if (name.empty() || each == name) listed.push_back(region);
  }
  if (listed.empty() && !name.empty()) {
    return absl::NotFoundError(
        absl::StrFormat("Unable to find system shared memory region: %s", Quote(name)));
  }
  return listed;
}

absl::StatusOr<SharedMemory::Region> SharedMemory::Find(const std::string& name) const {
  CONVOY_RETURN_IF_ERROR(CheckAllowed());
  const std::lock_guard lock(mutex_);
  const auto region = regions_.find(name);
  if (region == regions_.end()) {
    return absl::NotFoundError(
        absl::StrFormat("Unable to find shared memory region: %s", Quote(name)));
  }
  return region->second;
}

}  // namespace convoy::server
