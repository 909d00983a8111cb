#include <algorithm>

#include "compute/ops/indexing.h"
#include "compute/ops/op.h"
#include "compute/tensor/visit.h"

namespace convoy::compute {

void RunReference(const ConcatParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& y_shape = outputs[0].spec.shape;
  const int64_t inner = StridesOf(y_shape)[params.axis];
  const int64_t y_run = inner * y_shape[params.axis];
  VisitWidth(outputs[0].spec.dtype, [&]<typename Word>() {
    const std::span<Word> y = outputs[0].data<Word>();
    int64_t start = 0;
    for (const TensorView& input : inputs) {
      const std::span<const Word> x = input.data<Word>();
      const int64_t run = inner * input.spec.shape[params.axis];
      for (int64_t i = 0; i * run < static_cast<int64_t>(x.size()); ++i) {
        std::copy_n(&x[i * run], run, &y[i * y_run + start]);
      }
      start += run;
    }
  });
}

}  // namespace convoy::compute
