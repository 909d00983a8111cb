#include "compute/runtime/cpu_blocks.h"

#include <algorithm>

#include "compute/base/status.h"

namespace convoy::compute {
namespace {

constexpr int64_t kAlignment = 64;  // a cache line, and the widest vector

}  // namespace

int CpuBlocks::AddFixed(std::byte* address) {
  blocks_.push_back({address, -1, 0});
  return static_cast<int>(blocks_.size()) - 1;
}

int CpuBlocks::AddComputed(int64_t bytes, int step) {
  blocks_.push_back({nullptr, static_cast<int>(lifetimes_.size()), 0});
  lifetimes_.push_back({bytes, step, step});
  return static_cast<int>(blocks_.size()) - 1;
}

int CpuBlocks::AddPart(int whole, int64_t offset) {
  const Block of = blocks_[whole];
  blocks_.push_back({nullptr, of.lifetime, of.offset + offset});
  return static_cast<int>(blocks_.size()) - 1;
}

bool CpuBlocks::SameMemory(int a, int b) const {
  return a == b || (is_computed(a) && blocks_[a].lifetime == blocks_[b].lifetime);
}

void CpuBlocks::Touch(int block, int step) {
  if (!is_computed(block)) return;
  BlockLifetime& lifetime = lifetimes_[blocks_[block].lifetime];
  lifetime.last = std::max(lifetime.last, step);
}

absl::Status CpuBlocks::Place() {
  layout_ = PlanMemory(lifetimes_, kAlignment);
  CONVOY_ASSIGN_OR_RETURN(arena_, AlignedMemory::Create(layout_.arena_bytes));
  return absl::OkStatus();
}

std::byte* CpuBlocks::address(int block) const {
  const Block& found = blocks_[block];
  if (found.lifetime < 0) return found.fixed;
  return arena_.data() + layout_.offsets[found.lifetime] + found.offset;
}

}  // namespace convoy::compute
