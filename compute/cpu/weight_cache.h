// Weights in the layouts that kernels want, once for all sessions of a device.
//
// Two sessions (two batch buckets, or two versions of a model that share layers) whose weights are
// equal byte for byte, and whose kernels want them in the same layout, get the same memory. It
// lives as long as a session holds it. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "compute/cpu/aligned_memory.h"
#include "compute/cpu/layout.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

struct PackedWeights {
  AlignedMemory memory;                      // packed, or
  std::shared_ptr<const HostTensor> values;  // used as they are
  int64_t bytes = 0;

  const std::byte* data() const {
    return values != nullptr ? values->bytes().data() : memory.data();
  }
};

class WeightCache {
 public:
  WeightCache();

  // `values` lie as `view` says and are wanted as `wanted` says: the same elements in another
  // order, or padded. Layouts that are the same bytes need no copy. Throws dnnl::error where oneDNN
  // cannot do it.
  absl::StatusOr<std::shared_ptr<const PackedWeights>> Get(
      const std::shared_ptr<const HostTensor>& values, const Layout& view, const Layout& wanted,
      const dnnl::engine& engine);

  // `floats` numbers that `make` computes from `values`. `recipe` names what it does: equal values
  // and recipes get the same memory.
  using MakeWeights = std::function<void(const HostTensor& values, std::span<float> made)>;
  absl::StatusOr<std::shared_ptr<const PackedWeights>> GetMade(
      const std::shared_ptr<const HostTensor>& values, const std::string& recipe, int64_t floats,
      const MakeWeights& make);

 private:
  struct Entry {
    std::string recipe;  // of GetMade; then there are no layouts
    Layout view;
    Layout wanted;
    std::weak_ptr<const PackedWeights> weights;
  };
  using ContentHash = std::pair<uint64_t, uint64_t>;

  std::vector<Entry>& EntriesOf(const HostTensor& values) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  uint64_t seed_;  // of the hash: a model cannot be made to collide with another
  absl::Mutex mutex_;
  std::map<ContentHash, std::vector<Entry>> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace convoy::compute
