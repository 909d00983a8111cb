// The Vulkan side of every operator of op_table.def: two functions in <file>_vulkan.cc.
//
// ChooseLayouts: pure. RecordVulkan: packs weights and records the dispatches; UNIMPLEMENTED says
// what it does not cover.
#pragma once

#include "absl/status/status.h"
#include "compute/ops/op.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

#define CONVOY_OP(family, file, Name, cpu, vulkan)                                       \
  VulkanLayouts ChooseLayouts(const Name##Params& params, const VulkanStepShape& shape); \
  absl::Status RecordVulkan(const Name##Params& params, VulkanStepBuilder& builder);
#include "compute/ops/op_table.def"
#undef CONVOY_OP

// The step that a device puts between two operators whose layouts differ: input 0 and output 0 are
// one tensor, kLinear on one side and kC4 on the other (shaders move/pack and move/unpack). In
// compute/ops/move/layout_change_vulkan.cc.
absl::Status RecordLayoutChange(VulkanStepBuilder& builder);

}  // namespace convoy::compute
