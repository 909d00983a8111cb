// Vulkan: one invocation an element, which counts those before it. Linear in memory and square in
// the row's length, so rows are limited.
#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/reduce/rows_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/reduce/top_k.comp.
struct TopKPush {
  int32_t count;
  int32_t extent;
  int32_t inner;
  int32_t k;
  PackedDividers<2> dividers;
};

// 65,536 elements are four billion comparisons, a second of a slow GPU.
constexpr int64_t kMaxExtent = int64_t{1} << 16;

absl::Status RecordOutput(const TopKParams& params, int output, VulkanStepBuilder& builder) {
  const TensorSpec& x = builder.input(0).spec;
  const Rows rows = RowsOf(x.shape, params.axis);
  VulkanDispatch dispatch;
  dispatch.shader = "reduce/top_k";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(output);
  dispatch.constants = {static_cast<uint32_t>(OrderWordOf(x.dtype)), params.smallest, output == 1};
  dispatch.groups = FlatGrid(x.elements(), builder.traits());
  dispatch.SetPush(TopKPush{
      .count = static_cast<int32_t>(x.elements()),
      .extent = static_cast<int32_t>(rows.extent),
      .inner = static_cast<int32_t>(rows.inner),
      .k = static_cast<int32_t>(params.k),
      .dividers = PackDividers(std::array<int64_t, 2>{rows.inner, rows.extent}),
  });
  return builder.Dispatch(dispatch);
}

}  // namespace

VulkanLayouts ChooseLayouts(const TopKParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const TopKParams& params, VulkanStepBuilder& builder) {
  const int64_t extent = builder.input(0).spec.shape[params.axis];
  if (extent > kMaxExtent) {
    return absl::UnimplementedError(absl::StrFormat(
        "TopK of %d elements is beyond the limit of %d of the Vulkan kernel", extent, kMaxExtent));
  }
  CONVOY_RETURN_IF_ERROR(RecordOutput(params, 0, builder));
  return RecordOutput(params, 1, builder);
}

}  // namespace convoy::compute
