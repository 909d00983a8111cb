// Dense layers with constant weights by our own kernel, for processors with AVX2 and FMA:
//
//   y[n][m] = act( sum over k of x[n][k] * w[k][m] + bias[m] )
//
// oneDNN's product for AVX2 sums a row in an order that depends on the row's place in the batch, so
// that an answer would depend on its neighbours. This one does not, and reads the weights once, in
// one stream, however many rows there are: with few rows a dense layer is as fast as the memory.
#pragma once

#include <cstdint>
#include <span>

#include "compute/ops/elementwise/activation.h"

namespace convoy::compute {

struct DenseLayer {
  int64_t rows = 0;
  int64_t depth = 0;
  int64_t columns = 0;
  ActivationParams activation;
};

// The matrix as stored: element (k, m) at k * depth_stride + m * column_stride.
struct DenseMatrix {
  const float* data = nullptr;
  int64_t depth_stride = 0;
  int64_t column_stride = 0;
};

// The weights, `factor` times, in panels of 16 columns; the last is filled up with zeros.
int64_t DenseWeightCount(int64_t depth, int64_t columns);
void MakeDenseWeights(const DenseMatrix& matrix, int64_t depth, int64_t columns, float factor,
                      std::span<float> made);

// x and y are row-major, `weights` from MakeDenseWeights, bias null where there is none.
void RunDense(const DenseLayer& layer, const float* x, const float* weights, const float* bias,
              float* y);

}  // namespace convoy::compute
