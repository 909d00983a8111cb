#include <cmath>
#include <type_traits>

#include "compute/ops/elements.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// Calls fold(x, the number of its set) for every element.
template <typename T, typename Function>
void ForEach(const ReduceParams& params, const Shape& shape, const std::vector<T>& x,
             Function fold) {
  Shape sets = shape;
  for (const int axis : params.axes) sets[axis] = 1;
  OffsetWalk walk(shape, BroadcastStrides(sets, shape));
  for (const T value : x) {
    fold(value, static_cast<size_t>(walk.offset()));
    walk.Next();
  }
}

template <typename T>
T Term(const ReduceParams& params, T x) {
  if (params.kind == ReduceKind::kSumSquare) return x * x;
  if (params.kind != ReduceKind::kLp) return x;
  if constexpr (std::is_integral_v<T>) return std::abs(x);
  return static_cast<T>(std::pow(std::abs(static_cast<double>(x)), params.p));
}

template <typename T>
T Finish(const ReduceParams& params, T sum, int64_t count) {
  if (params.kind == ReduceKind::kMean) return sum / static_cast<T>(count);
  if constexpr (std::is_integral_v<T>) return sum;
  if (params.kind == ReduceKind::kLp) return static_cast<T>(std::pow(sum, 1.0 / params.p));
  return params.kind == ReduceKind::kLogSum ? static_cast<T>(std::log(sum)) : sum;
}

template <typename T>
std::vector<T> Fold(const ReduceParams& params, const Shape& shape, const std::vector<T>& x,
                    size_t sets) {
  // Largest and smallest start with any element of their set.
  std::vector<T> extremes(sets);
  ForEach(params, shape, x, [&](T v, size_t set) { extremes[set] = v; });
  const bool smallest = params.kind == ReduceKind::kMin;
  ForEach(params, shape, x, [&](T v, size_t set) {
    if (smallest ? v < extremes[set] : v > extremes[set]) extremes[set] = v;
  });
  if (smallest || params.kind == ReduceKind::kMax) return extremes;

  const bool multiplies = params.kind == ReduceKind::kProd;
  std::vector<T> y(sets, multiplies ? T{1} : T{0});
  if (params.kind == ReduceKind::kLogSumExp) {
    ForEach(params, shape, x, [&](T v, size_t set) {
      y[set] += static_cast<T>(std::exp(static_cast<double>(v - extremes[set])));
    });
    for (size_t i = 0; i < sets; ++i) {
      const double largest = static_cast<double>(extremes[i]);
      y[i] = static_cast<T>(std::isinf(largest) ? largest : largest + std::log(y[i]));
    }
    return y;
  }
  ForEach(params, shape, x,
          [&](T v, size_t set) { y[set] = multiplies ? y[set] * v : y[set] + Term(params, v); });
  const int64_t count = shape.elements() / static_cast<int64_t>(sets);
  for (T& sum : y) sum = Finish(params, sum, count);
  return y;
}

}  // namespace

void RunReference(const ReduceParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = inputs[0].spec.shape;
  const auto sets = static_cast<size_t>(outputs[0].spec.elements());
  if (IsFloat(inputs[0].spec.dtype)) {
    WriteElements(Fold(params, shape, ReadElements<double>(inputs[0]), sets), outputs[0]);
  } else {
    WriteElements(Fold(params, shape, ReadElements<int64_t>(inputs[0]), sets), outputs[0]);
  }
}

}  // namespace convoy::compute
