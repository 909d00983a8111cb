// The dispatch of y = act(x) over whole vec4s: activations, and copies of channel quads. Pure.
#pragma once

#include "compute/ops/elementwise/activation.h"
#include "compute/vulkan/step_builder.h"

namespace convoy::compute {

// `x` in either layout; kLinear is one plane. `out` receives it from channel quad `first_quad` on,
// quads `out_plane` vec4s apart (kC4 only).
VulkanDispatch PlanesDispatch(const ActivationParams& activation, const VulkanTensor& x,
                              int64_t first_quad, int64_t out_plane, const VulkanTraits& traits);

}  // namespace convoy::compute
