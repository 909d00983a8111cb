// Memory that a client on the same host shares with the server: POSIX objects that it names by
// RPC, so that tensors need not travel in messages.
//
//   SharedMemory memory({.allowed = true, .key_prefixes = {"/camera_"}});
//   CONVOY_RETURN_IF_ERROR(memory.Register("frames", "/camera_0", 0, 1 << 20));
//   CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<const SharedRegion> region, memory.Find("frames"));
//   CONVOY_RETURN_IF_ERROR(region->Read(4096, bytes));
//
// Nothing is mapped: bytes are copied through the object's file descriptor, so a client that
// shrinks its object gets an error where a mapping would end the server by SIGBUS. Who holds a
// region may use it after it was unregistered. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace convoy::server {

struct SharedMemorySettings {
  bool allowed = false;  // false: everything is UNIMPLEMENTED
  // Objects whose key begins with one of these may be registered; none given: all that the
  // process may open.
  std::vector<std::string> key_prefixes;
};

// A part of a shared object.
class SharedRegion {
 public:
  // Takes over `fd`. The part lies within int64.
  SharedRegion(std::string name, std::string key, int64_t offset, int64_t bytes, int fd);
  ~SharedRegion();
  SharedRegion(const SharedRegion&) = delete;
  SharedRegion& operator=(const SharedRegion&) = delete;

  const std::string& name() const { return name_; }
  const std::string& key() const { return key_; }
  int64_t offset() const { return offset_; }
  int64_t bytes() const { return bytes_; }

  // INVALID_ARGUMENT when `size` bytes at `offset`, which counts from the region's start, leave it.
  absl::Status CheckSpan(int64_t offset, uint64_t size) const;

  // INVALID_ARGUMENT also when the object has become smaller than its region.
  absl::Status Read(int64_t offset, std::span<std::byte> out) const;
  absl::Status Write(int64_t offset, std::span<const std::byte> in) const;

 private:
  absl::Status Shrunk() const;

  const std::string name_;
  const std::string key_;
  const int64_t offset_;
  const int64_t bytes_;
  const int fd_;
};

class SharedMemory {
 public:
  using Region = std::shared_ptr<const SharedRegion>;

  // Each holds a file descriptor.
  static constexpr size_t kMaxRegions = 256;

  explicit SharedMemory(SharedMemorySettings settings) : settings_(std::move(settings)) {}

  bool allowed() const { return settings_.allowed; }

  // ALREADY_EXISTS for a name that is taken, INTERNAL for an object that cannot be opened,
  // INVALID_ARGUMENT for a part that the object does not have, PERMISSION_DENIED for a key outside
  // of the allowed prefixes, RESOURCE_EXHAUSTED beyond kMaxRegions.
  absl::Status Register(const std::string& name, const std::string& key, uint64_t offset,
                        uint64_t bytes);

  // An unknown name is no error; an empty one means all regions.
  absl::Status Unregister(const std::string& name);

  // NOT_FOUND for an unknown name; an empty one means all regions.
  absl::StatusOr<std::vector<Region>> List(const std::string& name) const;

  // For a tensor.
  absl::StatusOr<Region> Find(const std::string& name) const;

 private:
  absl::Status CheckAllowed() const;
  absl::Status CheckKey(const std::string& key) const;

  const SharedMemorySettings settings_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Region, std::less<>> regions_;
};

}  // namespace convoy::server
