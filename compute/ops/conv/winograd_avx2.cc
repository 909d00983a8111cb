#include "compute/ops/conv/winograd_avx2.h"

#include <immintrin.h>

namespace convoy::compute {
namespace {

// The interpolation points are 0, +-1/sqrt(2), +-sqrt(2) and infinity: with powers of two instead
// the FP32 error is several times larger.
constexpr float kRoot = 1.41421356237309504880F;
constexpr float kHalfRoot = kRoot / 2;
constexpr float kQuarterRoot = kRoot / 4;

using Vector = __m256;

inline Vector Times(float factor, Vector v) { return _mm256_mul_ps(_mm256_set1_ps(factor), v); }
inline Vector Plus(float factor, Vector v, Vector sum) {
  return _mm256_fmadd_ps(_mm256_set1_ps(factor), v, sum);
}

// Six values, `stride` vectors apart, by B^T, which F(4, 3) and F(2, 5) share.
inline void TransformSix(const Vector* in, int in_stride, Vector* out, int out_stride) {
  const Vector d0 = in[0];
  const Vector d1 = in[in_stride];
  const Vector d2 = in[2 * in_stride];
  const Vector d3 = in[3 * in_stride];
  const Vector d4 = in[4 * in_stride];
  const Vector d5 = in[5 * in_stride];
  const Vector even1 = Plus(-2.0F, d2, d4);
  const Vector odd1 = Plus(-kRoot, d1, Times(kHalfRoot, d3));
  const Vector even2 = Plus(-0.5F, d2, d4);
  const Vector odd2 = Plus(-kHalfRoot, d1, Times(kRoot, d3));
  out[0] = _mm256_add_ps(Plus(-2.5F, d2, d4), d0);
  out[out_stride] = _mm256_add_ps(even1, odd1);
  out[2 * out_stride] = _mm256_sub_ps(even1, odd1);
  out[3 * out_stride] = _mm256_add_ps(even2, odd2);
  out[4 * out_stride] = _mm256_sub_ps(even2, odd2);
  out[5 * out_stride] = _mm256_add_ps(Plus(-2.5F, d3, d5), d1);
}

// Six planes to kTile outputs, four or two.
template <int kTile>
inline void InvertSix(const Vector* in, int in_stride, Vector* out, int out_stride) {
  const Vector m0 = in[0];
  const Vector m5 = in[5 * in_stride];
  const Vector sum1 = _mm256_add_ps(in[in_stride], in[2 * in_stride]);
  const Vector difference1 = _mm256_sub_ps(in[in_stride], in[2 * in_stride]);
  const Vector sum2 = _mm256_add_ps(in[3 * in_stride], in[4 * in_stride]);
  const Vector difference2 = _mm256_sub_ps(in[3 * in_stride], in[4 * in_stride]);
  out[0] = _mm256_add_ps(m0, _mm256_add_ps(sum1, sum2));
  const Vector out1 = Plus(kRoot, difference2, Times(kHalfRoot, difference1));
  if constexpr (kTile == 2) {
    out[out_stride] = _mm256_add_ps(out1, m5);
    return;
  }
  out[out_stride] = out1;
  out[2 * out_stride] = Plus(2.0F, sum2, Times(0.5F, sum1));
  out[3 * out_stride] =
      _mm256_add_ps(Plus(2 * kRoot, difference2, Times(kQuarterRoot, difference1)), m5);
}

// Six vectors of one column of the patch, by the first of two passes.
template <bool kInside>
inline void TransformColumn(const WinogradMap& map, int column, Vector* rows) {
  Vector values[kWinogradPatch];
  const int64_t x = map.column + column;
#pragma GCC unroll 6
  for (int i = 0; i < kWinogradPatch; ++i) {
    const int64_t y = map.row + i;
    const float* from = map.data + (y * map.width + x) * kWinogradLanes;
    const bool is_there = kInside || (y >= 0 && y < map.height && x >= 0 && x < map.width);
    values[i] = is_there ? _mm256_loadu_ps(from) : _mm256_setzero_ps();
  }
  TransformSix(values, 1, rows + column, kWinogradPatch);
}

template <bool kInside>
void Transform(const WinogradMap& map, float* planes, int64_t plane_stride) {
  Vector rows[kWinogradPlanes];
  for (int j = 0; j < kWinogradPatch; ++j) TransformColumn<kInside>(map, j, rows);
  for (int i = 0; i < kWinogradPatch; ++i) {
    Vector row[kWinogradPatch];
    TransformSix(rows + i * kWinogradPatch, 1, row, 1);
    float* to = planes + i * kWinogradPatch * plane_stride;
#pragma GCC unroll 6
    for (int j = 0; j < kWinogradPatch; ++j) _mm256_storeu_ps(to + j * plane_stride, row[j]);
  }
}

inline Vector Finish(Vector value, Vector bias, const float* before,
                     const WinogradEpilogue& epilogue) {
  value = _mm256_add_ps(value, bias);
  if (epilogue.sums) value = _mm256_add_ps(value, _mm256_loadu_ps(before));
  if (!epilogue.bounded) return value;
  const Vector low = _mm256_set1_ps(epilogue.low);
  const Vector below =
      epilogue.slope != 0 ? _mm256_mul_ps(value, _mm256_set1_ps(epilogue.slope)) : low;
  // A NaN is not below: it stays.
  value = _mm256_blendv_ps(value, below, _mm256_cmp_ps(value, low, _CMP_LT_OQ));
  return _mm256_min_ps(_mm256_set1_ps(epilogue.high), value);
}

template <int kTile>
void Inverse(const float* planes, int64_t plane_stride, const WinogradMap& output,
             const WinogradEpilogue& epilogue) {
  Vector rows[kTile * kWinogradPatch];
  for (int j = 0; j < kWinogradPatch; ++j) {
    Vector column[kWinogradPatch];
#pragma GCC unroll 6
    for (int i = 0; i < kWinogradPatch; ++i) {
      column[i] = _mm256_loadu_ps(planes + (i * kWinogradPatch + j) * plane_stride);
    }
    InvertSix<kTile>(column, 1, rows + j, kWinogradPatch);
  }
  const Vector bias =
      epilogue.bias == nullptr ? _mm256_setzero_ps() : _mm256_loadu_ps(epilogue.bias);
  for (int i = 0; i < kTile && output.row + i < output.height; ++i) {
    Vector row[kTile];
    InvertSix<kTile>(rows + i * kWinogradPatch, 1, row, 1);
    float* to = output.data + ((output.row + i) * output.width + output.column) * kWinogradLanes;
    for (int j = 0; j < kTile && output.column + j < output.width; ++j) {
      _mm256_storeu_ps(to + j * kWinogradLanes,
                       Finish(row[j], bias, to + j * kWinogradLanes, epilogue));
    }
  }
}

}  // namespace

void WinogradTransformAvx2(const WinogradMap& input, float* planes, int64_t plane_stride) {
  const bool inside = input.row >= 0 && input.column >= 0 &&
                      input.row + kWinogradPatch <= input.height &&
                      input.column + kWinogradPatch <= input.width;
  if (inside) {
    Transform<true>(input, planes, plane_stride);
  } else {
    Transform<false>(input, planes, plane_stride);
  }
}

void WinogradInverseAvx2(const float* planes, int64_t plane_stride, int64_t tile,
                         const WinogradMap& output, const WinogradEpilogue& epilogue) {
  if (tile == 2) {
    Inverse<2>(planes, plane_stride, output, epilogue);
  } else {
    Inverse<4>(planes, plane_stride, output, epilogue);
  }
}

}  // namespace convoy::compute
