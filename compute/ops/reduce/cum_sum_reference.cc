#include "compute/ops/elements.h"
#include "compute/ops/indexing.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

template <typename T>
std::vector<T> CumSum(const CumSumParams& params, const Shape& shape, const std::vector<T>& x) {
  const int64_t extent = shape[params.axis];
  const int64_t stride = StridesOf(shape)[params.axis];
  std::vector<T> y(x.size());
  for (int64_t row = 0; row < shape.elements() / extent; ++row) {
    const int64_t first = row / stride * stride * extent + row % stride;
    T sum = 0;
    for (int64_t i = 0; i < extent; ++i) {
      const int64_t at = first + (params.reverse ? extent - 1 - i : i) * stride;
      y[at] = params.exclusive ? sum : sum + x[at];
      sum += x[at];
    }
  }
  return y;
}

}  // namespace

void RunReference(const CumSumParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const TensorSpec& spec = inputs[0].spec;
  if (IsFloat(spec.dtype)) {
    WriteElements(CumSum(params, spec.shape, ReadElements<double>(inputs[0])), outputs[0]);
  } else {
    WriteElements(CumSum(params, spec.shape, ReadElements<int64_t>(inputs[0])), outputs[0]);
  }
}

}  // namespace convoy::compute
