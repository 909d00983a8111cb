#include <cmath>

#include "compute/ops/elements.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// NaN is above all numbers and equal to itself.
bool Exceeds(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }
bool Exceeds(int64_t a, int64_t b) { return a > b; }

template <typename T>
std::vector<int64_t> ArgMax(const ArgMaxParams& params, const Shape& shape,
                            const std::vector<T>& x) {
  const int64_t extent = shape[params.axis];
  const int64_t stride = StridesOf(shape)[params.axis];
  std::vector<int64_t> result(x.size() / static_cast<size_t>(extent), 0);
  for (int64_t row = 0; row < static_cast<int64_t>(result.size()); ++row) {
    const int64_t first = row / stride * stride * extent + row % stride;
    int64_t& best = result[row];
    for (int64_t i = 1; i < extent; ++i) {
      const T value = x[first + i * stride];
      const T held = x[first + best * stride];
      const bool better = params.smallest ? Exceeds(held, value) : Exceeds(value, held);
      const bool worse = params.smallest ? Exceeds(value, held) : Exceeds(held, value);
      if (better || (params.select_last && !worse)) best = i;
    }
  }
  return result;
}

}  // namespace

void RunReference(const ArgMaxParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const TensorSpec& spec = inputs[0].spec;
  WriteElements(IsFloat(spec.dtype) ? ArgMax(params, spec.shape, ReadElements<double>(inputs[0]))
                                    : ArgMax(params, spec.shape, ReadElements<int64_t>(inputs[0])),
                outputs[0]);
}

}  // namespace convoy::compute
