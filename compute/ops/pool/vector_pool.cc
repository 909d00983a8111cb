#include "compute/ops/pool/vector_pool.h"

#include <algorithm>
#include <array>

#include "compute/cpu/parallel_for.h"
#include "compute/cpu/vector_finish_avx2.h"

namespace convoy::compute {
namespace {

constexpr int64_t kLanes = 8;
constexpr int64_t kMostTaps = 256;  // offsets live on the stack

}  // namespace

std::vector<VectorPool::Taps> VectorPool::TapsAlong(const Window& window, int axis, int64_t in,
                                                    int64_t out) {
  std::vector<Taps> all;
  for (int64_t o = 0; o < out; ++o) {
    Taps taps{-1, 0};
    for (int64_t k = 0; k < window.kernel[axis]; ++k) {
      const int64_t i =
          o * window.strides[axis] - window.pads_begin[axis] + k * window.dilations[axis];
      if (i < 0 || i >= in) continue;
      if (taps.count == 0) taps.first = i;
      ++taps.count;
    }
    all.push_back(taps);
  }
  return all;
}

std::optional<VectorPool> VectorPool::For(const PoolParams& params, const Shape& x,
                                          const Shape& y) {
  const Window& window = params.window;
  if (params.kind == PoolKind::kLp || window.rank != 2 || window.taps() > kMostTaps) {
    return std::nullopt;
  }
  VectorPool pool;
  pool.kind_ = params.kind;
  pool.counts_padding_ = params.kind == PoolKind::kAverage && params.count_include_pad;
  pool.maps_ = x[0] * ((x[1] + kLanes - 1) / kLanes);
  pool.height_ = x[2];
  pool.width_ = x[3];
  pool.out_height_ = y[2];
  pool.out_width_ = y[3];
  pool.window_taps_ = window.taps();
  pool.dilation_y_ = window.dilations[1];
  pool.dilation_x_ = window.dilations[2];
  pool.stride_x_ = window.strides[2];
  pool.rows_ = TapsAlong(window, 1, x[2], y[2]);
  pool.columns_ = TapsAlong(window, 2, x[3], y[3]);
  const auto is_empty = [](const Taps& taps) { return taps.count == 0; };
  if (std::any_of(pool.rows_.begin(), pool.rows_.end(), is_empty) ||
      std::any_of(pool.columns_.begin(), pool.columns_.end(), is_empty)) {
    return std::nullopt;
  }
  const auto is_whole = [&](const Taps& taps) { return taps.count == window.kernel[2]; };
  const auto inner = std::find_if(pool.columns_.begin(), pool.columns_.end(), is_whole);
  pool.inner_begin_ = inner - pool.columns_.begin();
  pool.inner_end_ = std::find_if_not(inner, pool.columns_.end(), is_whole) - pool.columns_.begin();
  return pool;
}

// One row of one map of eight channels.
void VectorPool::RunRow(const float* map, const Taps& rows, float* out) const {
  std::array<int64_t, kMostTaps> offsets;
  int64_t column = 0;
  while (column < out_width_) {
    const Taps& columns = columns_[static_cast<size_t>(column)];
    const bool is_inner = column >= inner_begin_ && column < inner_end_;
    const int64_t count = is_inner ? inner_end_ - column : 1;
    const int64_t taps = rows.count * columns.count;
    for (int64_t i = 0; i < rows.count; ++i) {
      for (int64_t j = 0; j < columns.count; ++j) {
        offsets[static_cast<size_t>(i * columns.count + j)] =
            ((rows.first + i * dilation_y_) * width_ + columns.first + j * dilation_x_) * kLanes;
      }
    }
    const int64_t step = stride_x_ * kLanes;
    if (kind_ == PoolKind::kMax) {
      PoolMaxAvx2(map, step, count, offsets.data(), taps, out + column * kLanes);
    } else {
      const int64_t counted = counts_padding_ ? window_taps_ : taps;
      PoolSumAvx2(map, step, count, offsets.data(), taps, 1.0F / static_cast<float>(counted),
                  out + column * kLanes);
    }
    column += count;
  }
}

void VectorPool::Run(const float* x, float* y) const {
  ParallelFor(maps_ * out_height_, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* map = x + i / out_height_ * height_ * width_ * kLanes;
      RunRow(map, rows_[static_cast<size_t>(i % out_height_)], y + i * out_width_ * kLanes);
    }
  });
}

}  // namespace convoy::compute
