#include "server/cache/response_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace convoy::server {
namespace {

using compute::HostTensor;

std::vector<HostTensor> CopyOf(std::span<const HostTensor> tensors) {
  std::vector<HostTensor> copies;
  copies.reserve(tensors.size());
  for (const HostTensor& tensor : tensors) {
    HostTensor& copy = copies.emplace_back(tensor.spec());
    std::copy(tensor.bytes().begin(), tensor.bytes().end(), copy.bytes().begin());
  }
  return copies;
}

}  // namespace

uint64_t ResponseCache::NewOwner() {
  const std::lock_guard lock(mutex_);
  return ++last_owner_;
}

std::optional<std::vector<HostTensor>> ResponseCache::Find(const Key& key) {
  std::shared_ptr<const Outputs> outputs;
  {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(key);
    if (place == places_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, place->second);
    outputs = place->second->outputs;
  }
  return CopyOf(*outputs);
}

void ResponseCache::Insert(const Key& key, std::span<const HostTensor> outputs) {
  int64_t bytes = kEntryBytes;
  for (const HostTensor& output : outputs) bytes += static_cast<int64_t>(output.bytes().size());
  if (bytes > capacity_) return;
  auto copy = std::make_shared<const Outputs>(CopyOf(outputs));
  Entries dropped;
  const std::lock_guard lock(mutex_);
  if (places_.contains(key)) return;  // two requests with the same inputs ran at once
  while (bytes_ + bytes > capacity_) Drop(std::prev(entries_.end()), dropped);
  entries_.push_front({key, std::move(copy), bytes});
  places_[key] = entries_.begin();
  bytes_ += bytes;
}

void ResponseCache::Forget(uint64_t owner) {
  Entries dropped;
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    entry = entry->key.owner == owner ? Drop(entry, dropped) : std::next(entry);
  }
}

ResponseCache::Entries::iterator ResponseCache::Drop(Entries::iterator entry, Entries& dropped) {
  const auto next = std::next(entry);
  bytes_ -= entry->bytes;
  places_.erase(entry->key);
  dropped.splice(dropped.end(), entries_, entry);
  return next;
}

int64_t ResponseCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace convoy::server
