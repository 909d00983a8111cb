// Vulkan: all pixels of channel quads, or any axes of a linear tensor.
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/reduce/fold_vulkan.h"
#include "compute/ops/vulkan_ops.h"

namespace convoy::compute {
namespace {

FoldPrepare PrepareOf(const ReduceParams& params) {
  if (params.kind == ReduceKind::kSumSquare) return FoldPrepare::kSquare;
  if (params.kind != ReduceKind::kLp) return FoldPrepare::kNone;
  return params.p == 1   ? FoldPrepare::kMagnitude
         : params.p == 2 ? FoldPrepare::kSquare
                         : FoldPrepare::kPowers;
}

FoldCombine CombineOf(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kMax:
      return FoldCombine::kLargest;
    case ReduceKind::kMin:
      return FoldCombine::kSmallest;
    case ReduceKind::kProd:
      return FoldCombine::kMultiply;
    case ReduceKind::kLogSumExp:
      return FoldCombine::kLogSumExp;
    default:
      return FoldCombine::kAdd;
  }
}

FoldFinish FinishOf(const ReduceParams& params) {
  if (params.kind == ReduceKind::kMean) return FoldFinish::kAverage;
  if (params.kind == ReduceKind::kLogSum) return FoldFinish::kLog;
  if (params.kind != ReduceKind::kLp || params.p == 1) return FoldFinish::kNone;
  return params.p == 2 ? FoldFinish::kSquareRoot : FoldFinish::kRoot;
}

bool IsSpatial(const ReduceParams& params, const Shape& x) {
  return x.rank() >= 3 && x.rank() <= 5 && static_cast<int>(params.axes.size()) == x.rank() - 2 &&
         params.axes.front() == 2;
}

}  // namespace

VulkanLayouts ChooseLayouts(const ReduceParams& params, const VulkanStepShape& shape) {
  const bool in_channels = LiesInChannels(shape) && IsFloat(shape.inputs[0].dtype) &&
                           IsSpatial(params, shape.inputs[0].shape);
  return SameLayout(in_channels ? kC4Layout : kLinearLayout, shape);
}

absl::Status RecordVulkan(const ReduceParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const Fold fold{.prepare = PrepareOf(params),
                  .combine = CombineOf(params.kind),
                  .finish = FinishOf(params),
                  .power = params.p,
                  .total = x.spec.elements() / builder.output(0).spec.elements()};
  if (x.layout == VulkanLayout::kC4) return RecordImageFold(fold, builder);
  return RecordLinearFold(fold, params.axes, builder);
}

}  // namespace convoy::compute
