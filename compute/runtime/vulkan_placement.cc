#include "compute/runtime/vulkan_placement.h"

#include <algorithm>
#include <limits>

#include "compute/base/checked.h"
#include "compute/plan/memory_planner.h"

namespace convoy::compute {
namespace {

constexpr int kNever = std::numeric_limits<int>::max();

// First and last dispatch that touches each storage or a part of it.
std::vector<BlockLifetime> FindLifetimes(const RecordedPlan& plan) {
  std::vector<BlockLifetime> lifetimes;
  for (const RecordedStorage& storage : plan.storages) {
    lifetimes.push_back({storage.bytes, kNever, -1});
  }
  const auto touch = [&](int storage, int dispatch) {
    if (storage < 0) return;
    if (const int whole = plan.storages[storage].part_of; whole >= 0) storage = whole;
    lifetimes[storage].first = std::min(lifetimes[storage].first, dispatch);
    lifetimes[storage].last = dispatch;
  };
  for (int i = 0; i < static_cast<int>(plan.dispatches.size()); ++i) {
    for (const int input : plan.dispatches[i].inputs) touch(input, i);
    touch(plan.dispatches[i].output, i);
  }
  return lifetimes;
}

}  // namespace

StoragePlacement PlaceStorages(const RecordedPlan& plan, int64_t alignment) {
  StoragePlacement placement;
  placement.offsets.resize(plan.storages.size());
  placement.input_bytes = placement.output_bytes = kZeroBytes;
  const std::vector<BlockLifetime> lifetimes = FindLifetimes(plan);
  std::vector<size_t> in_arena;
  std::vector<BlockLifetime> arena;
  for (size_t i = 0; i < plan.storages.size(); ++i) {
    const RecordedStorage& storage = plan.storages[i];
    if (storage.part_of >= 0) continue;
    if (storage.kind == StorageKind::kArena && lifetimes[i].last >= 0) {
      in_arena.push_back(i);
      arena.push_back(lifetimes[i]);
    }
    if (storage.kind != StorageKind::kInput && storage.kind != StorageKind::kOutput) continue;
    int64_t& bytes =
        storage.kind == StorageKind::kInput ? placement.input_bytes : placement.output_bytes;
    placement.offsets[i] = RoundUp(bytes, alignment);
    bytes = placement.offsets[i] + RoundUp(storage.bytes, alignment);
  }
  const MemoryLayout layout = PlanMemory(arena, alignment);
  const int64_t start = RoundUp(kZeroBytes, alignment);
  for (size_t i = 0; i < in_arena.size(); ++i) {
    placement.offsets[in_arena[i]] = start + layout.offsets[i];
  }
  for (size_t i = 0; i < plan.storages.size(); ++i) {
    const RecordedStorage& part = plan.storages[i];
    if (part.part_of < 0) continue;
    placement.offsets[i] = placement.offsets[part.part_of] + part.part_offset;
  }
  placement.arena_bytes = start + layout.arena_bytes;
  placement.arena_peak_bytes = layout.peak_bytes;
  return placement;
}

}  // namespace convoy::compute
