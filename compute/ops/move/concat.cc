#include "compute/ops/move/concat.h"

#include <limits>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const ConcatParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Concat", inputs, 1,
                                     static_cast<size_t>(std::numeric_limits<int>::max()),
                                     ElementTypes::kAny));
  CONVOY_RETURN_IF_ERROR(CheckOneType("Concat", inputs));
  Shape y = inputs[0].shape;
  CONVOY_RETURN_IF_ERROR(CheckAxis("Concat", params.axis, y.rank()));
  for (size_t i = 1; i < inputs.size(); ++i) {
    Shape expected = inputs[0].shape;
    const Shape& given = inputs[i].shape;
    if (given.rank() == expected.rank()) expected[params.axis] = given[params.axis];
    CONVOY_RETURN_IF_ERROR(CheckShape("Concat", absl::StrFormat("%d", i), given, expected));
    // Each extent is at most kMaxTensorElements, so only a sum of 2^31 inputs could overflow.
    y[params.axis] += given[params.axis];
  }
  return OneOutput("Concat", y, inputs[0].dtype);
}

OpCost EstimateCost(const ConcatParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {0, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ConcatParams& params) {
  return absl::StrFormat("axis=%d", params.axis);
}

}  // namespace convoy::compute
