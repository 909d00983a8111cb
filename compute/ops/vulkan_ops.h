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

}  // namespace convoy::compute
