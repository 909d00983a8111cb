// What comes behind the sums of a panel (panel_product_avx2.h): bias, activation, and the way to
// their place. For processors with AVX2 and FMA; see panel_product_avx2.h on what may stand here.
#pragma once

#include <cstdint>

namespace convoy::compute {

enum class VectorFunction {
  kBounds,   // v < low ? (slope != 0 ? slope * v : low) : v, then at most high
  kTanh,     //
  kSigmoid,  //
  kSwish,    // v * sigmoid(alpha * v), alpha in `slope`
};

struct VectorActivation {
  VectorFunction function = VectorFunction::kBounds;
  float low = 0;
  float high = 0;
  float slope = 0;
};

// Eight sums of row r lie at sums + r * sum_stride, eight more (where vectors is 2) behind them.
// They go to out + r * out_stride, the second eight to out + vector_stride on.
struct VectorFinish {
  const float* sums = nullptr;
  int64_t sum_stride = 0;
  int64_t rows = 0;
  int vectors = 1;
  const float* bias = nullptr;  // 8 values a vector
  VectorActivation activation;
  float* out = nullptr;
  int64_t out_stride = 0;
  int64_t vector_stride = 8;
};

void FinishAvx2(const VectorFinish& finish);

// Maxima or sums of the `taps` vectors at `from + offsets[tap]`, times `factor`, for `count` places
// that lie `step` floats apart.
void PoolMaxAvx2(const float* from, int64_t step, int64_t count, const int64_t* offsets,
                 int64_t taps, float* out);
void PoolSumAvx2(const float* from, int64_t step, int64_t count, const int64_t* offsets,
                 int64_t taps, float factor, float* out);

}  // namespace convoy::compute
