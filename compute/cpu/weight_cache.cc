#include "compute/cpu/weight_cache.h"

#include <random>

#include "compute/base/status.h"
#include "compute/cpu/onednn_call.h"
#include "xxhash.h"

namespace convoy::compute {
namespace {

absl::StatusOr<std::shared_ptr<const PackedWeights>> Pack(
    const std::shared_ptr<const HostTensor>& values, const Layout& view, const Layout& wanted,
    const dnnl::engine& engine) {
  auto packed = std::make_shared<PackedWeights>();
  packed->bytes = static_cast<int64_t>(wanted.get_size());
  if (SameBytes(view, wanted)) {
    packed->values = values;
    return packed;
  }
  CONVOY_ASSIGN_OR_RETURN(packed->memory, AlignedMemory::Create(packed->bytes));
  const dnnl::reorder reorder({engine, view, engine, wanted});
  // oneDNN reads through a pointer that is not const.
  void* from = const_cast<std::byte*>(values->bytes().data());
  const OnednnCall call(reorder, engine,
                        std::vector<OnednnArgument>{{DNNL_ARG_FROM, view, from},
                                                    {DNNL_ARG_TO, wanted, packed->memory.data()}});
  dnnl::stream stream(engine);
  CONVOY_RETURN_IF_ERROR(call.Execute(stream));
  stream.wait();
  return packed;
}

}  // namespace

WeightCache::WeightCache() {
  std::random_device random;
  seed_ = (uint64_t{random()} << 32) | random();
}

std::vector<WeightCache::Entry>& WeightCache::EntriesOf(const HostTensor& values) {
  const XXH128_hash_t hash =
      XXH3_128bits_withSeed(values.bytes().data(), values.bytes().size(), seed_);
  std::vector<Entry>& entries = entries_[{hash.high64, hash.low64}];
  std::erase_if(entries, [](const Entry& entry) { return entry.weights.expired(); });
  return entries;
}

absl::StatusOr<std::shared_ptr<const PackedWeights>> WeightCache::Get(
    const std::shared_ptr<const HostTensor>& values, const Layout& view, const Layout& wanted,
    const dnnl::engine& engine) {
  absl::MutexLock lock(&mutex_);
  std::vector<Entry>& entries = EntriesOf(*values);
  for (const Entry& entry : entries) {
    if (!entry.recipe.empty() || entry.view != view || entry.wanted != wanted) continue;
    if (std::shared_ptr<const PackedWeights> weights = entry.weights.lock()) return weights;
  }
  CONVOY_ASSIGN_OR_RETURN(std::shared_ptr<const PackedWeights> packed,
                          Pack(values, view, wanted, engine));
  entries.push_back({"", view, wanted, packed});
  return packed;
}

absl::StatusOr<std::shared_ptr<const PackedWeights>> WeightCache::GetMade(
    const std::shared_ptr<const HostTensor>& values, const std::string& recipe, int64_t floats,
    const MakeWeights& make) {
  absl::MutexLock lock(&mutex_);
  std::vector<Entry>& entries = EntriesOf(*values);
  for (const Entry& entry : entries) {
    if (entry.recipe != recipe) continue;
    if (std::shared_ptr<const PackedWeights> weights = entry.weights.lock()) return weights;
  }
  auto made = std::make_shared<PackedWeights>();
  made->bytes = floats * static_cast<int64_t>(sizeof(float));
  CONVOY_ASSIGN_OR_RETURN(made->memory, AlignedMemory::Create(made->bytes));
  make(*values,
       std::span(reinterpret_cast<float*>(made->memory.data()), static_cast<size_t>(floats)));
  entries.push_back({recipe, {}, {}, made});
  return made;
}

}  // namespace convoy::compute
