#include "compute/ops/gemm/dense.h"

#include <algorithm>

#include "compute/cpu/panel_product_avx2.h"
#include "compute/cpu/parallel_for.h"
#include "compute/ops/elementwise/vector_activation.h"

namespace convoy::compute {
namespace {

// Weights of a panel that stay in the first-level cache while all rows meet them (16 KB).
constexpr int64_t kDepthAtOnce = 256;
constexpr int64_t kRowsAtOnce = 24;
// Below this many multiplications starting a second thread costs more than it saves.
constexpr int64_t kWorthThreads = 64 * 1024;

int64_t Panels(int64_t columns) { return (columns + kPanelColumns - 1) / kPanelColumns; }

// Bias and activation, in place.
void Finish(const DenseLayer& layer, int64_t rows, const float* bias, float* sums) {
  const auto activation = VectorActivationOf(layer.activation);
  FinishAvx2({.sums = sums,
              .sum_stride = kPanelColumns,
              .rows = rows,
              .vectors = 2,
              .bias = bias,
              .activation = activation.value_or(*VectorActivationOf({})),
              .out = sums,
              .out_stride = kPanelColumns});
  if (activation.has_value()) return;
  for (int64_t i = 0; i < rows * kPanelColumns; ++i) {
    sums[i] = static_cast<float>(Activate(sums[i], layer.activation));
  }
}

// Bias and activation of a panel of columns, and its sums to their places in y.
void FinishPanel(const DenseLayer& layer, int64_t first_row, int64_t rows, int64_t panel,
                 const float* bias, float* sums, float* y) {
  const int64_t first = panel * kPanelColumns;
  const int64_t columns = std::min(kPanelColumns, layer.columns - first);
  alignas(64) float panel_bias[kPanelColumns] = {};
  if (bias != nullptr) std::copy(bias + first, bias + first + columns, panel_bias);
  Finish(layer, rows, panel_bias, sums);
  for (int64_t row = 0; row < rows; ++row) {
    const float* from = sums + row * kPanelColumns;
    std::copy(from, from + columns, y + (first_row + row) * layer.columns + first);
  }
}

// One panel of columns for up to kRowsAtOnce rows.
void RunPanel(const DenseLayer& layer, int64_t first_row, int64_t panel, const float* x,
              const float* weights, const float* bias, float* y) {
  alignas(64) float sums[kRowsAtOnce * kPanelColumns];
  const int64_t rows = std::min(kRowsAtOnce, layer.rows - first_row);
  const float* factors = weights + panel * layer.depth * kPanelColumns;
  for (int64_t k = 0; k < layer.depth; k += kDepthAtOnce) {
    PanelProductAvx2({.rows = x + first_row * layer.depth + k,
                      .row_stride = layer.depth,
                      .row_count = rows,
                      .weights = factors + k * kPanelColumns,
                      .depth = std::min(kDepthAtOnce, layer.depth - k),
                      .products = sums,
                      .product_stride = kPanelColumns,
                      .adds = k > 0,
                      .weights_from_memory = true});
  }
  FinishPanel(layer, first_row, rows, panel, bias, sums, y);
}

// kStreamedPanels panels for a lone row.
void RunRow(const DenseLayer& layer, int64_t panel, const float* x, const float* weights,
            const float* bias, float* y) {
  alignas(64) float sums[kStreamedPanels * kPanelColumns];
  const int64_t panel_stride = layer.depth * kPanelColumns;
  for (int64_t k = 0; k < layer.depth; k += kDepthAtOnce) {
    RowProductAvx2({.row = x + k,
                    .weights = weights + panel * panel_stride + k * kPanelColumns,
                    .panel_stride = panel_stride,
                    .depth = std::min(kDepthAtOnce, layer.depth - k),
                    .products = sums,
                    .adds = k > 0});
  }
  for (int64_t i = 0; i < kStreamedPanels; ++i) {
    FinishPanel(layer, 0, 1, panel + i, bias, sums + i * kPanelColumns, y);
  }
}

}  // namespace

int64_t DenseWeightCount(int64_t depth, int64_t columns) {
  return Panels(columns) * kPanelColumns * depth;
}

void MakeDenseWeights(const DenseMatrix& matrix, int64_t depth, int64_t columns, float factor,
                      std::span<float> made) {
  ParallelFor(Panels(columns), [&](int64_t begin, int64_t end) {
    for (int64_t panel = begin; panel < end; ++panel) {
      float* to = made.data() + panel * depth * kPanelColumns;
      const int64_t first = panel * kPanelColumns;
      const int64_t width = std::min(kPanelColumns, columns - first);
      std::fill(to, to + depth * kPanelColumns, 0.0F);
      for (int64_t m = 0; m < width; ++m) {
        const float* from = matrix.data + (first + m) * matrix.column_stride;
        for (int64_t k = 0; k < depth; ++k) {
          to[k * kPanelColumns + m] = factor * from[k * matrix.depth_stride];
        }
      }
    }
  });
}

void RunDense(const DenseLayer& layer, const float* x, const float* weights, const float* bias,
              float* y) {
  const auto run = [&](int64_t begin, int64_t end) {
    int64_t panel = begin;
    if (layer.rows == 1) {
      for (; panel + kStreamedPanels <= end; panel += kStreamedPanels) {
        RunRow(layer, panel, x, weights, bias, y);
      }
    }
    for (; panel < end; ++panel) {
      for (int64_t row = 0; row < layer.rows; row += kRowsAtOnce) {
        RunPanel(layer, row, panel, x, weights, bias, y);
      }
    }
  };
  const int64_t panels = Panels(layer.columns);
  if (layer.rows * layer.depth * layer.columns < kWorthThreads) {
    run(0, panels);
  } else {
    ParallelFor(panels, run);
  }
}

}  // namespace convoy::compute
