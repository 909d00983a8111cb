// Tensors whose every coordinate is looked up in a table of its dimension: resize, pad, and slice
// along with resize. Pixels of channel quads in one launch; linear tensors dimension by dimension.
//
//   std::vector<AxisTable> tables = ...;                  // one a dimension of the output
//   if (FitsChannelSample(tables, x.shape)) ...           // ChooseLayouts: kC4 is possible
//   return RecordSample(tables, 0, builder);              // RecordVulkan
#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "compute/ops/axis_table.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// Whether one launch on channel quads does it: the channels are cut at a quad or left alone, no
// coordinate mixes more than two others.
bool FitsChannelSample(std::span<const AxisTable> tables, const Shape& x);

// Input 0 to output 0, in the layout that both have. A sample that moves nothing is an alias.
absl::Status RecordSample(std::span<const AxisTable> tables, double border,
                          VulkanStepBuilder& builder);

// One dimension of a linear tensor of shape `x`, from `in` to `out`.
absl::Status RecordAxisSample(const AxisTable& table, const Shape& x, int axis, double border,
                              VulkanOperand in, VulkanOperand out, VulkanStepBuilder& builder);

}  // namespace convoy::compute
