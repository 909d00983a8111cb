// Normalisation over sets of elements of one sample: layer (Ba, Kiros and Hinton 2016), group (Wu
// and He 2018), instance (Ulyanov, Vedaldi and Lempitsky 2016) and RMS normalisation (Zhang and
// Sennrich 2019). ONNX: LayerNormalization, GroupNormalization, InstanceNormalization,
// RMSNormalization, MeanVarianceNormalization.
//
//   inputs  x: any shape        scale, bias: where the parameters say so, see AffineOf
//   outputs y: as x             mean, 1/deviation of every set: only with `statistics`
//
//   kMeanVariance    y = (x - mean) / sqrt(variance + epsilon) * scale + bias
//   kRootMeanSquare  y = x / sqrt(mean of x^2 + epsilon) * scale + bias
//
// A set is everything from `axis` on, with dimension `axis` cut into `groups` equal parts. Layer
// normalisation is {axis, 1}, group normalisation {1, groups}, instance normalisation {1, C}. The
// variance is the mean of squared distances from the mean.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

enum class NormalizeKind { kMeanVariance, kRootMeanSquare };

struct NormalizeParams {
  NormalizeKind kind = NormalizeKind::kMeanVariance;
  int axis = 1;
  int64_t groups = 1;  // divides the extent of `axis`
  float epsilon = 1e-5F;
  bool has_scale = false;
  bool has_bias = false;
  bool statistics = false;

  int bias_input() const { return has_scale ? 2 : 1; }

  friend bool operator==(const NormalizeParams&, const NormalizeParams&) = default;
};

// Consecutive elements that form a set.
int64_t SetExtent(const NormalizeParams& params, const Shape& x);

// Scale and bias broadcast to x, and repeat over it in a plain way: element i of x takes entry
// i / inner % period. Entries of a channel or of the whole set are so, and single numbers.
struct Affine {
  int64_t inner = 1;
  int64_t period = 1;

  friend bool operator==(const Affine&, const Affine&) = default;
};
// INVALID_ARGUMENT where the shapes do not broadcast so.
absl::StatusOr<Affine> AffineOf(const Shape& factor, const Shape& x);

}  // namespace convoy::compute
