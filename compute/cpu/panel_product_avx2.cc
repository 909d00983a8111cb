#include "compute/cpu/panel_product_avx2.h"

#include <immintrin.h>

namespace convoy::compute {
namespace {

using Vector = __m256;
constexpr int64_t kLanes = 8;

inline void FetchLine(const float* address) {
  _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T1);
}

// The weights behind these are wanted next: read only then they would hold up the first rows that
// meet them. Each block of rows asks for its share, `step` floats at a time.
struct Fetch {
  const float* from = nullptr;
  int64_t step = 0;
};

// What lies in the caches is there soon enough when it is asked for between the blocks.
constexpr int64_t kLeastFetchedDepth = 192;
void FetchAtOnce(const PanelProduct& p, int64_t block, int64_t blocks) {
  constexpr int64_t kLineFloats = 16;
  const int64_t floats = p.depth * p.columns;
  const float* next = p.weights + floats;
  for (int64_t i = floats * block / blocks; i < floats * (block + 1) / blocks; i += kLineFloats) {
    FetchLine(next + i);
  }
}

// kRows rows by kVectors * 8 columns. The loops are unrolled so that the sums are registers.
template <int kRows, int kVectors, bool kOffsets, bool kFetches>
void MultiplyBlock(const PanelProduct& p, int64_t first_row, const Fetch& fetch) {
  const float* rows = p.rows + first_row * p.row_stride;
  const int64_t row_stride = p.row_stride;
  const float* weights = p.weights;
  Vector sums[kRows * kVectors];
#pragma GCC unroll 12
  for (int i = 0; i < kRows * kVectors; ++i) sums[i] = _mm256_setzero_ps();
  const int64_t depth = p.depth;
  for (int64_t k = 0; k < depth; ++k) {
    if (kFetches) FetchLine(fetch.from + k * fetch.step);
    const float* column = rows + (kOffsets ? p.offsets[k] : k);
    Vector factors[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      factors[v] = _mm256_loadu_ps(weights + (k * kVectors + v) * kLanes);
    }
#pragma GCC unroll 6
    for (int row = 0; row < kRows; ++row) {
      const Vector value = _mm256_broadcast_ss(column + row * row_stride);
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) {
        sums[row * kVectors + v] = _mm256_fmadd_ps(value, factors[v], sums[row * kVectors + v]);
      }
    }
  }
#pragma GCC unroll 6
  for (int row = 0; row < kRows; ++row) {
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      float* to = p.products + (first_row + row) * p.product_stride + v * kLanes;
      const Vector sum = sums[row * kVectors + v];
      _mm256_storeu_ps(to, p.adds ? _mm256_add_ps(_mm256_loadu_ps(to), sum) : sum);
    }
  }
}

// Six rows by two vectors, with two factors and a value, are what sixteen registers hold.
constexpr int64_t kRowsAtOnce = 6;

template <int kVectors, bool kOffsets, bool kFetches>
void MultiplyRows(const PanelProduct& p, int64_t first, int64_t count, const Fetch& fetch) {
  switch (count) {
    case 6:
      return MultiplyBlock<6, kVectors, kOffsets, kFetches>(p, first, fetch);
    case 5:
      return MultiplyBlock<5, kVectors, kOffsets, kFetches>(p, first, fetch);
    case 4:
      return MultiplyBlock<4, kVectors, kOffsets, kFetches>(p, first, fetch);
    case 3:
      return MultiplyBlock<3, kVectors, kOffsets, kFetches>(p, first, fetch);
    case 2:
      return MultiplyBlock<2, kVectors, kOffsets, kFetches>(p, first, fetch);
    default:
      return MultiplyBlock<1, kVectors, kOffsets, kFetches>(p, first, fetch);
  }
}

// In blocks of nearly equal height: a low one waits for its sums, whose chains are few.
template <int kVectors, bool kOffsets>
void Multiply(const PanelProduct& p) {
  const int64_t blocks = (p.row_count + kRowsAtOnce - 1) / kRowsAtOnce;
  // One block streams through its weights: the processor fetches ahead by itself.
  const bool from_memory = blocks > 1 && p.weights_from_memory;
  const bool at_once = blocks > 1 && !p.weights_from_memory && p.depth >= kLeastFetchedDepth;
  const int64_t step = p.columns / blocks;
  for (int64_t block = 0; block < blocks; ++block) {
    const int64_t first = p.row_count * block / blocks;
    const int64_t count = p.row_count * (block + 1) / blocks - first;
    if (at_once) FetchAtOnce(p, block, blocks);
    if (from_memory) {
      const Fetch fetch{p.weights + p.depth * (p.columns + block * step), step};
      MultiplyRows<kVectors, kOffsets, true>(p, first, count, fetch);
    } else {
      MultiplyRows<kVectors, kOffsets, false>(p, first, count, {});
    }
  }
}

}  // namespace

void PanelProductAvx2(const PanelProduct& product) {
  if (product.columns == kPanelColumns) {
    product.offsets != nullptr ? Multiply<2, true>(product) : Multiply<2, false>(product);
  } else {
    product.offsets != nullptr ? Multiply<1, true>(product) : Multiply<1, false>(product);
  }
}

void RowProductAvx2(const RowProduct& p) {
  constexpr int kVectors = 2;
  Vector sums[kStreamedPanels * kVectors];
#pragma GCC unroll 8
  for (Vector& sum : sums) sum = _mm256_setzero_ps();
  for (int64_t k = 0; k < p.depth; ++k) {
    const Vector value = _mm256_broadcast_ss(p.row + k);
    const float* weights = p.weights + k * kPanelColumns;
#pragma GCC unroll 8
    for (int i = 0; i < kStreamedPanels * kVectors; ++i) {
      const float* from = weights + i / kVectors * p.panel_stride + i % kVectors * kLanes;
      sums[i] = _mm256_fmadd_ps(value, _mm256_loadu_ps(from), sums[i]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kStreamedPanels * kVectors; ++i) {
    float* to = p.products + i * kLanes;
    _mm256_storeu_ps(to, p.adds ? _mm256_add_ps(_mm256_loadu_ps(to), sums[i]) : sums[i]);
  }
}

}  // namespace convoy::compute
