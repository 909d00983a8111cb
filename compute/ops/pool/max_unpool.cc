#include "compute/ops/pool/max_unpool.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {

absl::StatusOr<TensorSpecs> InferShapes(const MaxUnpoolParams& params,
                                        std::span<const TensorSpec> inputs) {
  if (inputs.size() != 2) {
    return absl::InvalidArgumentError(
        absl::StrFormat("MaxUnpool is given %d inputs, but takes 2", inputs.size()));
  }
  CONVOY_RETURN_IF_ERROR(CheckInputs("MaxUnpool", inputs.first(1), 1, 1));
  if (inputs[1].dtype != DType::kInt64) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "MaxUnpool operand indices is %s, but must be INT64", NameOf(inputs[1].dtype)));
  }
  CONVOY_RETURN_IF_ERROR(CheckShape("MaxUnpool", "indices", inputs[1].shape, inputs[0].shape));
  if (absl::Status status = ValidateWindow(params.window, inputs[0].shape); !status.ok()) {
    return WithContext(status, "while checking MaxUnpool");
  }
  const Window& window = params.window;
  ImageDims y = ImageDimsOf(inputs[0].shape);
  for (int axis = 0; axis < 3; ++axis) {
    if (window.dilations[axis] != 1) {
      return absl::InvalidArgumentError(
          absl::StrFormat("MaxUnpool dilation is %d, but must be 1", window.dilations[axis]));
    }
    y.size[axis] = (y.size[axis] - 1) * window.strides[axis] + window.kernel[axis] -
                   window.pads_begin[axis] - window.pads_end[axis];
  }
  return OneOutput("MaxUnpool", ImageShape(y, window.rank));
}

OpCost EstimateCost(const MaxUnpoolParams&, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  return {static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const MaxUnpoolParams& params) { return params.window.ToString(); }

}  // namespace convoy::compute
