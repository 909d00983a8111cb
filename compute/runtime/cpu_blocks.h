// The memory of one compiled CPU plan, in blocks: those that are given (inputs, weights) and those
// that live for some steps in an arena. Blocks are numbered while the plan is compiled; Place fixes
// the addresses once every life is known. Not thread-safe.
//
//   int block = blocks.AddComputed(bytes, step);   // written by `step`
//   blocks.Touch(block, later);                    // read by step `later`
//   CONVOY_RETURN_IF_ERROR(blocks.Place());
//   blocks.address(block);
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "compute/cpu/aligned_memory.h"
#include "compute/plan/memory_planner.h"

namespace convoy::compute {

class CpuBlocks {
 public:
  // Memory that is there already and stays.
  int AddFixed(std::byte* address);
  int AddComputed(int64_t bytes, int step);
  // The bytes of `whole` from `offset` on; needed means that the whole is.
  int AddPart(int whole, int64_t offset);

  // The block is needed at `step`.
  void Touch(int block, int step);
  bool is_computed(int block) const { return blocks_[block].lifetime >= 0; }
  // Parts of one whole lie in the same memory.
  bool SameMemory(int a, int b) const;
  int64_t offset(int block) const { return blocks_[block].offset; }  // within that memory

  // Plans and allocates the arena. RESOURCE_EXHAUSTED names what is asked and what there is.
  absl::Status Place();

  // After Place.
  std::byte* address(int block) const;
  int64_t arena_bytes() const { return layout_.arena_bytes; }
  int64_t peak_bytes() const { return layout_.peak_bytes; }

  // The arena, for the session to keep.
  AlignedMemory TakeArena() { return std::move(arena_); }

 private:
  struct Block {
    std::byte* fixed = nullptr;
    int lifetime = -1;   // index into lifetimes_, or -1
    int64_t offset = 0;  // of a part
  };

  std::vector<Block> blocks_;
  std::vector<BlockLifetime> lifetimes_;
  MemoryLayout layout_;
  AlignedMemory arena_;
};

}  // namespace convoy::compute
