// Answers that were given before, by the model version and the inputs that they belong to. What was
// used least recently goes when all together take more memory than is set.
//
//   ResponseCache cache(/*capacity_bytes=*/int64_t{64} << 20);
//   const uint64_t owner = cache.NewOwner();          // a loaded version
//   if (auto outputs = cache.Find({owner, digest})) return *std::move(outputs);
//   cache.Insert({owner, digest}, outputs);
//   cache.Forget(owner);                              // when it is unloaded
//
// Thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "compute/tensor/tensor.h"
#include "server/cache/input_digest.h"

namespace convoy::server {

class ResponseCache {
 public:
  struct Key {
    uint64_t owner = 0;
    InputDigest inputs{};

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  // What an entry takes besides its outputs, about.
  static constexpr int64_t kEntryBytes = 256;

  explicit ResponseCache(int64_t capacity_bytes) : capacity_(capacity_bytes) {}

  // Unlike all before.
  uint64_t NewOwner();

  // A copy of the outputs.
  std::optional<std::vector<compute::HostTensor>> Find(const Key& key);

  // Keeps a copy. Outputs of more than the capacity are not kept.
  void Insert(const Key& key, std::span<const compute::HostTensor> outputs);

  // Drops all entries of an owner.
  void Forget(uint64_t owner);

  int64_t bytes() const;

 private:
  using Outputs = std::vector<compute::HostTensor>;
  struct Entry {
    Key key;
    std::shared_ptr<const Outputs> outputs;  // a reader copies them outside of the lock
    int64_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  // With mutex_ held. Returns what is let go of outside of the lock.
  Entries::iterator Drop(Entries::iterator entry, Entries& dropped);

  const int64_t capacity_;

  mutable std::mutex mutex_;  // guards what follows
  uint64_t last_owner_ = 0;
  Entries entries_;  // latest use first
  std::map<Key, Entries::iterator> places_;
  int64_t bytes_ = 0;
};

}  // namespace convoy::server
