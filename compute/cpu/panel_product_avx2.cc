#include "compute/cpu/panel_product_avx2.h"

#include <immintrin.h>

namespace convoy::compute {
namespace {

using Vector = __m256;
constexpr int64_t kLanes = 8;

// kRows rows by kVectors * 8 columns. The loops are unrolled so that the sums are registers.
template <int kRows, int kVectors, bool kOffsets>
void MultiplyBlock(const PanelProduct& p, int64_t first_row) {
  const float* rows = p.rows + first_row * p.row_stride;
  const int64_t row_stride = p.row_stride;
  const float* weights = p.weights;
  Vector sums[kRows * kVectors];
#pragma GCC unroll 12
  for (int i = 0; i < kRows * kVectors; ++i) sums[i] = _mm256_setzero_ps();
  const int64_t depth = p.depth;
  for (int64_t k = 0; k < depth; ++k) {
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

template <int kVectors, bool kOffsets>
void Multiply(const PanelProduct& p) {
  int64_t t = 0;
  for (; t + kRowsAtOnce <= p.row_count; t += kRowsAtOnce) {
    MultiplyBlock<6, kVectors, kOffsets>(p, t);
  }
  switch (p.row_count - t) {
    case 5:
      return MultiplyBlock<5, kVectors, kOffsets>(p, t);
    case 4:
      return MultiplyBlock<4, kVectors, kOffsets>(p, t);
    case 3:
      return MultiplyBlock<3, kVectors, kOffsets>(p, t);
    case 2:
      return MultiplyBlock<2, kVectors, kOffsets>(p, t);
    case 1:
      return MultiplyBlock<1, kVectors, kOffsets>(p, t);
    default:
      return;
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

}  // namespace convoy::compute
