// Gives every intermediate value of a plan a place in one arena such that values alive at the same
// time never overlap. Pure. Greedy by size: largest first, each at the lowest offset that is free
// during its life (Pisarchyk and Lee 2020, "Efficient Memory Management for Deep Neural Net
// Inference").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace convoy::compute {

// A block of `bytes` that must exist from step `first` up to and including step `last`.
struct BlockLifetime {
  int64_t bytes = 0;
  int first = 0;
  int last = 0;
};

struct MemoryLayout {
  std::vector<int64_t>
      offsets;  // bytes from the start of the arena, one a block, multiples of the alignment
  int64_t arena_bytes = 0;
  int64_t peak_bytes = 0;  // the lower bound: the most that is alive at one step
};

MemoryLayout PlanMemory(std::span<const BlockLifetime> blocks, int64_t alignment);

}  // namespace convoy::compute
