#include "compute/ops/pool/pool.h"

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

// A window without a single tap inside the input has no maximum and no average, so these bounds
// keep every window in touch with it.
absl::Status CheckWindowsTouchInput(const Window& window, const ImageDims& x) {
  for (int axis = 0; axis < 3; ++axis) {
    const int64_t pad = std::max(window.pads_begin[axis], window.pads_end[axis]);
    if (pad >= window.extent(axis)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Pool pads are %d, but must be less than the dilated kernel's extent of %d", pad,
          window.extent(axis)));
    }
    if (window.kernel[axis] > 1 && window.dilations[axis] > x.size[axis]) {
      return absl::InvalidArgumentError(
          absl::StrFormat("Pool dilation is %d, but must be at most the input's extent of %d",
                          window.dilations[axis], x.size[axis]));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKind(const PoolParams& params) {
  if (params.indices != PoolIndices::kNone && params.kind != PoolKind::kMax) {
    return absl::InvalidArgumentError("Pool is asked for indices, which only kind=max has");
  }
  if (params.kind == PoolKind::kLp && (params.p < 1 || params.p > kMaxPower)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Pool p is %d, but must be from 1 to %d", params.p, kMaxPower));
  }
  return absl::OkStatus();
}

// 0 when no window fits.
int64_t OutputExtent(const PoolParams& params, int axis, int64_t in) {
  const Window& window = params.window;
  const int64_t stride = window.strides[axis];
  const int64_t room = in + window.pads_begin[axis] + window.pads_end[axis] - window.extent(axis);
  if (!params.ceil_mode) return room < 0 ? 0 : room / stride + 1;
  const int64_t out = room <= -stride ? 0 : (room + stride - 1) / stride + 1;
  const bool last_starts_beyond = (out - 1) * stride >= in + window.pads_begin[axis];
  return last_starts_beyond ? out - 1 : out;
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const PoolParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Pool", inputs, 1, 1));
  if (absl::Status status = ValidateWindow(params.window, inputs[0].shape); !status.ok()) {
    return WithContext(status, "while checking Pool");
  }
  CONVOY_RETURN_IF_ERROR(CheckKind(params));
  const ImageDims x = ImageDimsOf(inputs[0].shape);
  CONVOY_RETURN_IF_ERROR(CheckWindowsTouchInput(params.window, x));
  ImageDims y = x;
  for (int axis = 0; axis < 3; ++axis) {
    y.size[axis] = OutputExtent(params, axis, x.size[axis]);
    if (y.size[axis] < 1) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Pool is given an input of %d pixels with its padding, but the dilated kernel covers %d",
          x.size[axis] + params.window.pads_begin[axis] + params.window.pads_end[axis],
          params.window.extent(axis)));
    }
  }
  CONVOY_ASSIGN_OR_RETURN(TensorSpecs outputs,
                          OneOutput("Pool", ImageShape(y, params.window.rank)));
  if (params.indices != PoolIndices::kNone) {
    outputs.push_back({DType::kInt64, outputs.front().shape});
  }
  return outputs;
}

OpCost EstimateCost(const PoolParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  const double taps = static_cast<double>(params.window.taps());
  return {taps * static_cast<double>(outputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const PoolParams& params) {
  constexpr const char* kKinds[] = {"kind=max", "kind=average", "kind=lp"};
  constexpr const char* kIndices[] = {"", "indices=row_major", "indices=column_major"};
  return JoinAttributes({kKinds[static_cast<size_t>(params.kind)],
                         params.kind == PoolKind::kLp ? absl::StrFormat("p=%d", params.p) : "",
                         params.window.ToString(), params.ceil_mode ? "ceil_mode" : "",
                         params.count_include_pad ? "count_include_pad" : "",
                         kIndices[static_cast<size_t>(params.indices)]});
}

}  // namespace convoy::compute
