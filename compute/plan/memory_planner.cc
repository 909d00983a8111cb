#include "compute/plan/memory_planner.h"

#include <algorithm>
#include <numeric>

#include "compute/base/checked.h"

namespace convoy::compute {
namespace {

struct Placed {
  int64_t begin = 0;
  int64_t end = 0;
};

bool LiveTogether(const BlockLifetime& a, const BlockLifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

// The lowest offset where `bytes` fit between the blocks of `taken`.
int64_t LowestGap(std::vector<Placed>& taken, int64_t bytes) {
  std::sort(taken.begin(), taken.end(),
            [](const Placed& a, const Placed& b) { return a.begin < b.begin; });
  int64_t offset = 0;
  for (const Placed& block : taken) {
    if (block.begin - offset >= bytes) break;
    offset = std::max(offset, block.end);
  }
  return offset;
}

// Largest first; equal ones in their given order, so that the layout is reproducible.
std::vector<size_t> LargestFirst(const std::vector<int64_t>& sizes) {
  std::vector<size_t> order(sizes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });
  return order;
}

// The most that is alive at one step. Only steps where a block begins can be that step.
int64_t PeakOf(std::span<const BlockLifetime> blocks, const std::vector<int64_t>& sizes) {
  int64_t peak = 0;
  for (const BlockLifetime& at : blocks) {
    int64_t alive = 0;
    for (size_t i = 0; i < blocks.size(); ++i) {
      if (blocks[i].first <= at.first && at.first <= blocks[i].last) alive += sizes[i];
    }
    peak = std::max(peak, alive);
  }
  return peak;
}

}  // namespace

MemoryLayout PlanMemory(std::span<const BlockLifetime> blocks, int64_t alignment) {
  std::vector<int64_t> sizes;
  sizes.reserve(blocks.size());
  for (const BlockLifetime& block : blocks) sizes.push_back(RoundUp(block.bytes, alignment));

  MemoryLayout layout;
  layout.offsets.assign(blocks.size(), 0);
  std::vector<size_t> done;
  for (const size_t i : LargestFirst(sizes)) {
    std::vector<Placed> taken;
    for (const size_t other : done) {
      if (!LiveTogether(blocks[i], blocks[other])) continue;
      taken.push_back({layout.offsets[other], layout.offsets[other] + sizes[other]});
    }
    layout.offsets[i] = LowestGap(taken, sizes[i]);
    layout.arena_bytes = std::max(layout.arena_bytes, layout.offsets[i] + sizes[i]);
    done.push_back(i);
  }
  layout.peak_bytes = PeakOf(blocks, sizes);
  return layout;
}

}  // namespace convoy::compute
