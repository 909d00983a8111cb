// The CPU side of the operators that op_table.def marks `onednn`: one function in <file>_onednn.cc.
//
// BuildOnednn: chooses a primitive and notes what it reads and writes. UNIMPLEMENTED, or a
// dnnl::error, says that oneDNN does not cover the case: the step runs the reference kernel.
#pragma once

#include "absl/status/status.h"
#include "compute/cpu/step_builder.h"
#include "compute/ops/op.h"

namespace convoy::compute {

#define CONVOY_BUILD_onednn(Name) \
  absl::Status BuildOnednn(const Name##Params& params, OnednnStepBuilder& builder);
#define CONVOY_BUILD_reference(Name)                                         \
  inline absl::Status BuildOnednn(const Name##Params&, OnednnStepBuilder&) { \
    return absl::UnimplementedError(#Name " has no oneDNN kernel");          \
  }
#define CONVOY_OP(family, file, Name, cpu, vulkan) CONVOY_BUILD_##cpu(Name)
#include "compute/ops/op_table.def"
#undef CONVOY_OP
#undef CONVOY_BUILD_reference
#undef CONVOY_BUILD_onednn

// The activation as the next post-op of a primitive.
void AppendActivation(const ActivationParams& activation, dnnl::post_ops& post_ops);

// The window in oneDNN's terms: its own rank, and dilations that start at 0.
struct OnednnWindow {
  Dims kernel;
  Dims strides;
  Dims dilations;
  Dims pads_begin;
  Dims pads_end;
};
OnednnWindow OnednnWindowOf(const Window& window);

}  // namespace convoy::compute
