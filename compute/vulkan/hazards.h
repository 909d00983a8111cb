// Decides where a barrier is needed between recorded commands: where one touches bytes that another
// since the last barrier wrote, or writes bytes that another read. Aliases in an arena need no
// extra care: only byte ranges count. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace convoy::compute {

struct ByteRange {
  int block = 0;  // any number that names the buffer
  int64_t begin = 0;
  int64_t end = 0;
};

class HazardTracker {
 public:
  // True when the command must wait for a barrier, which the tracker then takes as recorded.
  bool NextNeedsBarrier(std::span<const ByteRange> reads, std::span<const ByteRange> writes);
  // A barrier was recorded for another reason.
  void Clear();

 private:
  std::vector<ByteRange> reads_;
  std::vector<ByteRange> writes_;
};

}  // namespace convoy::compute
