#include "compute/vulkan/hazards.h"

namespace convoy::compute {
namespace {

bool Overlap(std::span<const ByteRange> some, std::span<const ByteRange> others) {
  for (const ByteRange& a : some) {
    for (const ByteRange& b : others) {
      if (a.block == b.block && a.begin < b.end && b.begin < a.end) return true;
    }
  }
  return false;
}

}  // namespace

bool HazardTracker::NextNeedsBarrier(std::span<const ByteRange> reads,
                                     std::span<const ByteRange> writes) {
  const bool needed =
      Overlap(reads, writes_) || Overlap(writes, writes_) || Overlap(writes, reads_);
  if (needed) Clear();
  reads_.insert(reads_.end(), reads.begin(), reads.end());
  writes_.insert(writes_.end(), writes.begin(), writes.end());
  return needed;
}

void HazardTracker::Clear() {
  reads_.clear();
  writes_.clear();
}

}  // namespace convoy::compute
