// The matrix product that our own kernels are made of, for processors with AVX2 and FMA: some rows
// times a panel of 8 or 16 columns of weights.
//
//   products[r][0..columns) = sum over k of rows[r][offsets[k]] * weights[k][0..columns)
//
// Every row is summed in the same order, whatever its place and however many there are: a sample's
// answer does not depend on its batch.
//
// Compiled for AVX2: callers ask CpuRunsAvx2 first. Nothing but arithmetic on raw memory belongs
// here, since an inline function of a header would be compiled for AVX2 as well.
#pragma once

#include <cstdint>

namespace convoy::compute {

inline constexpr int64_t kPanelColumns = 16;  // two vectors; the last panel may have one

struct PanelProduct {
  const float* rows = nullptr;
  int64_t row_stride = 0;            // floats
  const int32_t* offsets = nullptr;  // null: offsets[k] = k
  int64_t row_count = 0;
  const float* weights = nullptr;  // [depth][columns]
  int64_t depth = 0;
  int64_t columns = kPanelColumns;  // or half of it
  float* products = nullptr;
  int64_t product_stride = 0;
  bool adds = false;  // to what products holds
  // The weights, and those of the next product behind them, come from memory and not from a cache.
  bool weights_from_memory = false;
};

void PanelProductAvx2(const PanelProduct& product);

// One row times kStreamedPanels panels of 16 columns side by side, summed as PanelProductAvx2 does.
// A row uses each weight once, so it waits for the memory, which serves several streams at a time
// faster than one (docs/performance.md).
inline constexpr int64_t kStreamedPanels = 4;

struct RowProduct {
  const float* row = nullptr;
  const float* weights = nullptr;  // of the first panel: [depth][16]
  int64_t panel_stride = 0;        // floats from a panel's weights to the next one's
  int64_t depth = 0;
  float* products = nullptr;  // [kStreamedPanels][16]
  bool adds = false;          // to what products holds
};

void RowProductAvx2(const RowProduct& product);

}  // namespace convoy::compute
