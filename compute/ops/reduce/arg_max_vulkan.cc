// Vulkan: one invocation a row, or a part of a row and a second launch among the parts' winners.
#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/reduce/fold_vulkan.h"
#include "compute/ops/reduce/rows_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/reduce/arg_max.comp.
struct ArgMaxPush {
  int32_t count;
  int32_t extent;
  int32_t inner;
  int32_t parts;
  int32_t candidates;
  PackedDividers<2> dividers;
};

// `winners` are the candidates of a second launch; without them all elements are.
absl::Status RecordLaunch(const ArgMaxParams& params, const Rows& rows, int64_t candidates,
                          int64_t parts, VulkanOperand winners, VulkanOperand out,
                          VulkanStepBuilder& builder) {
  const int64_t count = rows.outer * parts * rows.inner;
  const OrderWord word = OrderWordOf(builder.input(0).spec.dtype);
  VulkanDispatch dispatch;
  dispatch.shader = "reduce/arg_max";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.inputs[1] = winners;
  dispatch.output = out;
  dispatch.constants = {static_cast<uint32_t>(word), params.smallest, params.select_last,
                        winners.id >= 0};
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(ArgMaxPush{
      .count = static_cast<int32_t>(count),
      .extent = static_cast<int32_t>(rows.extent),
      .inner = static_cast<int32_t>(rows.inner),
      .parts = static_cast<int32_t>(parts),
      .candidates = static_cast<int32_t>(candidates),
      .dividers = PackDividers(std::array<int64_t, 2>{rows.inner, parts}),
  });
  return builder.Dispatch(dispatch);
}

}  // namespace

VulkanLayouts ChooseLayouts(const ArgMaxParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const ArgMaxParams& params, VulkanStepBuilder& builder) {
  const Rows rows = RowsOf(builder.input(0).spec.shape, params.axis);
  const int64_t parts = PartsOf(rows.extent);
  const VulkanOperand out = builder.output_operand(0);
  if (parts == 1) return RecordLaunch(params, rows, rows.extent, 1, {}, out, builder);
  CONVOY_ASSIGN_OR_RETURN(const VulkanOperand winners,
                          builder.Scratch(DivideUp(rows.outer * parts * rows.inner, 4)));
  CONVOY_RETURN_IF_ERROR(RecordLaunch(params, rows, rows.extent, parts, {}, winners, builder));
  return RecordLaunch(params, rows, parts, 1, winners, out, builder);
}

}  // namespace convoy::compute
