#include "compute/ops/elements.h"
#include "compute/ops/op.h"

namespace convoy::compute {

void RunReference(const CastParams&, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  VisitElements(inputs[0], [&]<typename From>(std::span<const From> x) {
    VisitElements(outputs[0], [&]<typename To>(std::span<To> y) {
      for (size_t i = 0; i < y.size(); ++i) y[i] = CastElement<To>(x[i]);
    });
  });
}

}  // namespace convoy::compute
