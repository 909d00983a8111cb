#include "compute/cpu/vector_finish_avx2.h"

#include <immintrin.h>

namespace convoy::compute {
namespace {

using Vector = __m256;
constexpr int64_t kLanes = 8;

inline Vector All(float value) { return _mm256_set1_ps(value); }

// e^x by 2^n * e^r, |r| at most ln(2) / 2; the series to r^7 is exact to a float's last place.
inline Vector Exp(Vector x) {
  x = _mm256_min_ps(_mm256_max_ps(x, All(-87.0F)), All(88.0F));
  const Vector n = _mm256_round_ps(_mm256_mul_ps(x, All(1.44269504088896341F)),
                                   _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  // ln(2) in two parts, the first with few enough bits that n times it is exact.
  Vector r = _mm256_fnmadd_ps(n, All(0.693359375F), x);
  r = _mm256_fnmadd_ps(n, All(-2.12194440054690583e-4F), r);
  Vector sum = All(1.0F / 5040);
  sum = _mm256_fmadd_ps(sum, r, All(1.0F / 720));
  sum = _mm256_fmadd_ps(sum, r, All(1.0F / 120));
  sum = _mm256_fmadd_ps(sum, r, All(1.0F / 24));
  sum = _mm256_fmadd_ps(sum, r, All(1.0F / 6));
  sum = _mm256_fmadd_ps(sum, r, All(0.5F));
  sum = _mm256_fmadd_ps(sum, r, All(1.0F));
  sum = _mm256_fmadd_ps(sum, r, All(1.0F));
  const __m256i exponent =
      _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
  return _mm256_mul_ps(sum, _mm256_castsi256_ps(exponent));
}

inline Vector Sigmoid(Vector x) {
  const Vector e = Exp(_mm256_sub_ps(_mm256_setzero_ps(), x));
  return _mm256_div_ps(All(1), _mm256_add_ps(All(1), e));
}

// 1 - 2 / (e^2x + 1) loses the small places of a small x, never more than 1e-7.
inline Vector Tanh(Vector x) {
  const Vector e = Exp(_mm256_add_ps(x, x));
  return _mm256_sub_ps(All(1), _mm256_div_ps(All(2), _mm256_add_ps(e, All(1))));
}

template <VectorFunction kFunction>
inline Vector Activated(Vector value, const VectorActivation& activation) {
  if constexpr (kFunction == VectorFunction::kTanh) return Tanh(value);
  if constexpr (kFunction == VectorFunction::kSigmoid) return Sigmoid(value);
  if constexpr (kFunction == VectorFunction::kSwish) {
    return _mm256_mul_ps(value, Sigmoid(_mm256_mul_ps(value, All(activation.slope))));
  }
  const Vector low = All(activation.low);
  const Vector below = activation.slope != 0 ? _mm256_mul_ps(value, All(activation.slope)) : low;
  // A NaN is not below: it stays.
  value = _mm256_blendv_ps(value, below, _mm256_cmp_ps(value, low, _CMP_LT_OQ));
  return _mm256_min_ps(All(activation.high), value);
}

template <VectorFunction kFunction>
void Finish(const VectorFinish& f) {
  for (int v = 0; v < f.vectors; ++v) {
    const Vector bias =
        f.bias == nullptr ? _mm256_setzero_ps() : _mm256_loadu_ps(f.bias + v * kLanes);
    const float* from = f.sums + v * kLanes;
    float* to = f.out + v * f.vector_stride;
    for (int64_t row = 0; row < f.rows; ++row) {
      const Vector sum = _mm256_add_ps(_mm256_loadu_ps(from + row * f.sum_stride), bias);
      _mm256_storeu_ps(to + row * f.out_stride, Activated<kFunction>(sum, f.activation));
    }
  }
}

}  // namespace

void FinishAvx2(const VectorFinish& finish) {
  switch (finish.activation.function) {
    case VectorFunction::kTanh:
      return Finish<VectorFunction::kTanh>(finish);
    case VectorFunction::kSigmoid:
      return Finish<VectorFunction::kSigmoid>(finish);
    case VectorFunction::kSwish:
      return Finish<VectorFunction::kSwish>(finish);
    case VectorFunction::kBounds:
      return Finish<VectorFunction::kBounds>(finish);
  }
}

void PoolMaxAvx2(const float* from, int64_t step, int64_t count, const int64_t* offsets,
                 int64_t taps, float* out) {
  for (int64_t i = 0; i < count; ++i) {
    Vector largest = _mm256_loadu_ps(from + i * step + offsets[0]);
    for (int64_t tap = 1; tap < taps; ++tap) {
      largest = _mm256_max_ps(largest, _mm256_loadu_ps(from + i * step + offsets[tap]));
    }
    _mm256_storeu_ps(out + i * kLanes, largest);
  }
}

void PoolSumAvx2(const float* from, int64_t step, int64_t count, const int64_t* offsets,
                 int64_t taps, float factor, float* out) {
  for (int64_t i = 0; i < count; ++i) {
    Vector sum = _mm256_loadu_ps(from + i * step + offsets[0]);
    for (int64_t tap = 1; tap < taps; ++tap) {
      sum = _mm256_add_ps(sum, _mm256_loadu_ps(from + i * step + offsets[tap]));
    }
    _mm256_storeu_ps(out + i * kLanes, _mm256_mul_ps(sum, All(factor)));
  }
}

}  // namespace convoy::compute
