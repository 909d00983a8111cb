// Vulkan: rows in chunks. Short rows are one chunk; of longer ones a first launch adds up every
// chunk.
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

// Mirrors shaders/reduce/cum_sum.comp.
struct CumSumPush {
  int32_t count;
  int32_t extent;
  int32_t inner;
  int32_t chunks;
  int32_t chunk;
  PackedDividers<2> dividers;
};

}  // namespace

VulkanLayouts ChooseLayouts(const CumSumParams&, const VulkanStepShape& shape) {
  return SameLayout(kLinearLayout, shape);
}

absl::Status RecordVulkan(const CumSumParams& params, VulkanStepBuilder& builder) {
  const TensorSpec& x = builder.input(0).spec;
  const Rows rows = RowsOf(x.shape, params.axis);
  const int64_t chunk = DivideUp(rows.extent, PartsOf(rows.extent));
  const int64_t chunks = DivideUp(rows.extent, chunk);
  const int64_t count = rows.outer * chunks * rows.inner;
  VulkanDispatch dispatch;
  dispatch.shader = IsFloat(x.dtype) ? "reduce/cum_sum" : "reduce/cum_sum_integers";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(CumSumPush{
      .count = static_cast<int32_t>(count),
      .extent = static_cast<int32_t>(rows.extent),
      .inner = static_cast<int32_t>(rows.inner),
      .chunks = static_cast<int32_t>(chunks),
      .chunk = static_cast<int32_t>(chunk),
      .dividers = PackDividers(std::array<int64_t, 2>{rows.inner, chunks}),
  });
  if (chunks > 1) {
    CONVOY_ASSIGN_OR_RETURN(dispatch.output, builder.Scratch(DivideUp(count, 4)));
    dispatch.constants = {true, params.exclusive, params.reverse};
    CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
    dispatch.inputs[1] = dispatch.output;
  }
  dispatch.output = builder.output_operand(0);
  dispatch.constants = {false, params.exclusive, params.reverse};
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
