// A PanelConv as a step, for the convolutions and up-convolutions that take it.
#pragma once

#include "compute/cpu/step_builder.h"
#include "compute/ops/conv/panel_conv.h"

namespace convoy::compute {

Shape ShapeOf(const Dims& dims);

// Whether the processor runs it, the tensors are images, and weights and bias are constants.
bool PanelConvRuns(bool has_bias, const OnednnStepBuilder& builder);

// `source` is the layout in which it reads its input.
absl::Status BuildPanelConv(const PanelConv& conv, bool has_bias, const Layout& source,
                            OnednnStepBuilder& builder);

}  // namespace convoy::compute
