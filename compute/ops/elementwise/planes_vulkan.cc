#include "compute/ops/elementwise/planes_vulkan.h"

#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/elementwise/planes.comp.
struct PlanesPush {
  int32_t count;
  int32_t pixels;
  Divider by_pixels;
  int32_t channels;
  int32_t in_plane;
  int32_t out_first;
  int32_t out_plane;
  float alpha;
  float beta;
};

}  // namespace

VulkanDispatch PlanesDispatch(const ActivationParams& activation, const VulkanTensor& x,
                              int64_t first_quad, int64_t out_plane, const VulkanTraits& traits) {
  const bool linear = x.layout == VulkanLayout::kLinear;
  const int64_t pixels = linear ? x.vec4s() : x.pixels();
  const int64_t quads = linear ? 1 : x.quads();
  VulkanDispatch dispatch;
  dispatch.shader = "elementwise/planes";
  dispatch.constants = {static_cast<uint32_t>(activation.kind)};
  dispatch.groups = FlatGrid(quads * pixels, traits);
  dispatch.SetPush(PlanesPush{
      .count = static_cast<int32_t>(quads * pixels),
      .pixels = static_cast<int32_t>(pixels),
      .by_pixels = MakeDivider(pixels),
      .channels = static_cast<int32_t>(linear ? 4 : x.c),
      .in_plane = static_cast<int32_t>(x.plane),
      .out_first = static_cast<int32_t>(first_quad * out_plane),
      .out_plane = static_cast<int32_t>(out_plane),
      .alpha = activation.alpha,
      .beta = activation.beta,
  });
  return dispatch;
}

}  // namespace convoy::compute
