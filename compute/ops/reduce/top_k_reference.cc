#include <algorithm>
#include <cmath>
#include <numeric>

#include "compute/ops/elements.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// NaN is above all numbers and equal to itself.
bool Exceeds(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }
bool Exceeds(int64_t a, int64_t b) { return a > b; }

template <typename T>
void TopK(const TopKParams& params, const TensorView& input,
          std::span<const MutableTensorView> outputs) {
  const Shape& shape = input.spec.shape;
  const int64_t extent = shape[params.axis];
  const int64_t stride = StridesOf(shape)[params.axis];
  const std::vector<T> x = ReadElements<T>(input);
  std::vector<T> values(static_cast<size_t>(outputs[0].spec.elements()));
  std::vector<int64_t> indices(values.size());
  std::vector<int64_t> order(static_cast<size_t>(extent));
  for (int64_t row = 0; row < shape.elements() / extent; ++row) {
    const T* first = &x[row / stride * stride * extent + row % stride];
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(
        order.begin(), order.begin() + params.k, order.end(), [&](int64_t a, int64_t b) {
          const T at_a = first[a * stride];
          const T at_b = first[b * stride];
          const bool before = params.smallest ? Exceeds(at_b, at_a) : Exceeds(at_a, at_b);
          const bool behind = params.smallest ? Exceeds(at_a, at_b) : Exceeds(at_b, at_a);
          return before || (!behind && a < b);
        });
    const int64_t target = row / stride * stride * params.k + row % stride;
    for (int64_t i = 0; i < params.k; ++i) {
      values[target + i * stride] = first[order[i] * stride];
      indices[target + i * stride] = order[i];
    }
  }
  WriteElements(values, outputs[0]);
  WriteElements(indices, outputs[1]);
}

}  // namespace

void RunReference(const TopKParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  if (IsFloat(inputs[0].spec.dtype)) {
    TopK<double>(params, inputs[0], outputs);
  } else {
    TopK<int64_t>(params, inputs[0], outputs);
  }
}

}  // namespace convoy::compute
