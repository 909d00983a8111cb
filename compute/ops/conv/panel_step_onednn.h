// A PanelConv as a step, for the convolutions and up-convolutions that take it.
#pragma once

#include <string_view>

#include "compute/cpu/step_builder.h"
#include "compute/ops/conv/panel_conv.h"

namespace convoy::compute {

Shape ShapeOf(const Dims& dims);

// Why it cannot be the step, whatever its parameters: the processor, tensors that are no images,
// weights or bias that are computed. One clause; empty where it can.
std::string_view PanelStepObjection(bool has_bias, const OnednnStepBuilder& builder);

// `source` is the layout in which it reads its input.
absl::Status BuildPanelConv(const PanelConv& conv, bool has_bias, const Layout& source,
                            OnednnStepBuilder& builder);

}  // namespace convoy::compute
