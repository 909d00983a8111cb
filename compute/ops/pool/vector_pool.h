// Max and average pooling of feature maps in blocks of 8 channels, for processors with AVX2:
// oneDNN's kernels for AVX2 reach a quarter of the memory's speed, and know no dilation.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compute/ops/pool/pool.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

// Immutable; runs in several threads at once.
class VectorPool {
 public:
  // nullopt for Lp, for other ranks than [N, C, H, W], and where a window has nothing but padding.
  static std::optional<VectorPool> For(const PoolParams& params, const Shape& x, const Shape& y);

  void Run(const float* x, float* y) const;

 private:
  // The taps of one output row or column that lie inside the image.
  struct Taps {
    int64_t first = 0;  // input index of the first of them
    int64_t count = 0;
  };

  VectorPool() = default;
  static std::vector<Taps> TapsAlong(const Window& window, int axis, int64_t in, int64_t out);
  void RunRow(const float* map, const Taps& rows, float* out) const;

  PoolKind kind_ = PoolKind::kMax;
  bool counts_padding_ = false;
  int64_t maps_ = 0;  // of 8 channels, all samples together
  int64_t height_ = 0, width_ = 0, out_height_ = 0, out_width_ = 0;
  int64_t window_taps_ = 0;
  int64_t dilation_y_ = 1, dilation_x_ = 1, stride_x_ = 1;
  std::vector<Taps> rows_, columns_;
  // Output columns whose windows lie inside the image: [inner_begin_, inner_end_).
  int64_t inner_begin_ = 0, inner_end_ = 0;
};

}  // namespace convoy::compute
