// Resampling along one dimension as a table: for every coordinate of the output, the coordinates of
// the input that it mixes and their weights. Resize, Pad and crops are one table a dimension, made
// once on the host, so that all devices take the same neighbours.
//
//   AxisTable table;
//   table.AddMove(3);                               // y[0] = x[3]
//   table.AddMove(kOutsideTap);                     // y[1] = the border value
//   table.Add(std::array<AxisTap, 2>{{{0, 0.25F}, {1, 0.75F}}});  // y[2] = x[0] / 4 + x[1] * 3 / 4
//
// Values; not thread-safe while they are made.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "compute/tensor/tensor.h"

namespace convoy::compute {

struct AxisTap {
  int64_t index = 0;
  float weight = 1;
};

// As an index: the output holds the border value.
inline constexpr int64_t kOutsideTap = -1;

class AxisTable {
 public:
  // The next coordinate of the output. A single tap has weight 1: it is a move, whatever the type.
  void Add(std::span<const AxisTap> taps) {
    taps_.insert(taps_.end(), taps.begin(), taps.end());
    ends_.push_back(static_cast<int64_t>(taps_.size()));
    most_taps_ = std::max(most_taps_, static_cast<int64_t>(taps.size()));
  }
  void AddMove(int64_t index) {
    const AxisTap tap{index, 1};
    Add({&tap, 1});
  }

  int64_t size() const { return static_cast<int64_t>(ends_.size()); }
  int64_t most_taps() const { return most_taps_; }  // of a coordinate
  bool moves_only() const { return most_taps_ <= 1; }

  std::span<const AxisTap> at(int64_t i) const {
    const int64_t first = i == 0 ? 0 : ends_[static_cast<size_t>(i) - 1];
    const int64_t end = ends_[static_cast<size_t>(i)];
    return std::span(taps_).subspan(static_cast<size_t>(first), static_cast<size_t>(end - first));
  }
  int64_t source(int64_t i) const { return at(i)[0].index; }  // of a move

  // Neighbours from `first` on.
  bool IsRun(int64_t first) const {
    for (int64_t i = 0; moves_only() && i < size(); ++i) {
      if (source(i) != first + i) return false;
    }
    return moves_only();
  }
  bool IsIdentity(int64_t extent) const { return size() == extent && IsRun(0); }

 private:
  std::vector<AxisTap> taps_;
  std::vector<int64_t> ends_;  // one a coordinate
  int64_t most_taps_ = 0;
};

// The reference: dimension by dimension, with double accumulators; moves keep every bit. `y` has
// the tables' sizes and the type of `x`; only floats may be mixed.
void Resample(std::span<const AxisTable> tables, double border, const TensorView& x,
              const MutableTensorView& y);

}  // namespace convoy::compute
