#include "compute/ops/reduce/reduce.h"

#include "compute/base/status.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

std::string_view NameOf(ReduceKind kind) {
  constexpr std::string_view kNames[] = {"sum", "mean",       "max",     "min",        "prod",
                                         "lp",  "sum_square", "log_sum", "log_sum_exp"};
  return kNames[static_cast<size_t>(kind)];
}

bool Takes(const ReduceParams& params, DType dtype) {
  if (dtype == DType::kFloat32) return true;
  switch (params.kind) {
    case ReduceKind::kMax:
    case ReduceKind::kMin:
      return true;
    case ReduceKind::kSum:
    case ReduceKind::kMean:
    case ReduceKind::kProd:
    case ReduceKind::kSumSquare:
      return SizeOf(dtype) >= 4;
    case ReduceKind::kLp:
      return SizeOf(dtype) >= 4 && params.p == 1;
    default:
      return false;
  }
}

absl::Status CheckAxes(const ReduceParams& params, int rank) {
  int last = -1;
  for (const int axis : params.axes) {
    CONVOY_RETURN_IF_ERROR(CheckAxis("Reduce", axis, rank));
    if (axis <= last) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Reduce axis %d comes after axis %d, but axes must ascend without repeats", axis, last));
    }
    last = axis;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TensorSpecs> InferShapes(const ReduceParams& params,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("Reduce", inputs, 1, 1, ElementTypes::kAny));
  const TensorSpec& x = inputs[0];
  if (!Takes(params, x.dtype)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Reduce kind=%s is given %s, but takes FP32; sum, mean, prod, sum_square "
                        "and lp of p=1 also "
                        "32-bit and 64-bit integers, max and min any type",
                        NameOf(params.kind), NameOf(x.dtype)));
  }
  if (params.p < 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("Reduce p is %d, but must be at least 1", params.p));
  }
  CONVOY_RETURN_IF_ERROR(CheckAxes(params, x.shape.rank()));
  Shape y;
  size_t next = 0;
  for (int i = 0; i < x.shape.rank(); ++i) {
    const bool reduced = next < params.axes.size() && params.axes[next] == i;
    if (reduced) ++next;
    if (!reduced || params.keep_dims) y.Append(reduced ? 1 : x.shape[i]);
  }
  return OneOutput("Reduce", y, x.dtype);
}

OpCost EstimateCost(const ReduceParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  // LogSumExp looks for the maximum first.
  const double passes = params.kind == ReduceKind::kLogSumExp ? 3 : 1;
  return {passes * static_cast<double>(inputs[0].elements()), BytesOf(inputs, outputs)};
}

std::string AttributesOf(const ReduceParams& params) {
  const std::vector<int64_t> axes(params.axes.begin(), params.axes.end());
  return JoinAttributes({absl::StrFormat("kind=%s", NameOf(params.kind)),
                         params.kind == ReduceKind::kLp ? absl::StrFormat("p=%d", params.p) : "",
                         absl::StrFormat("axes=%s", ListText(axes)),
                         params.keep_dims ? "" : "drop_dims"});
}

}  // namespace convoy::compute
