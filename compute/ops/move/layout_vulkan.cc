#include "compute/ops/move/layout_vulkan.h"

#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/move/layout.glsl.
struct LayoutPush {
  int32_t count;
  int32_t pixels;
  Divider by_pixels;
  int32_t image;
  Divider by_image;
  int32_t channels;
  int32_t plane;
};

VulkanDispatch LayoutDispatch(const char* shader, const VulkanTensor& c4, VulkanOperand in,
                              VulkanOperand out, const VulkanTraits& traits) {
  const int64_t count = c4.quads() * c4.pixels();
  const int64_t image = c4.d * c4.h * c4.w;
  VulkanDispatch dispatch;
  dispatch.shader = shader;
  dispatch.inputs[0] = in;
  dispatch.output = out;
  dispatch.groups = FlatGrid(count, traits);
  dispatch.SetPush(LayoutPush{
      .count = static_cast<int32_t>(count),
      .pixels = static_cast<int32_t>(c4.pixels()),
      .by_pixels = MakeDivider(c4.pixels()),
      .image = static_cast<int32_t>(image),
      .by_image = MakeDivider(image),
      .channels = static_cast<int32_t>(c4.c),
      .plane = static_cast<int32_t>(c4.plane),
  });
  return dispatch;
}

}  // namespace

VulkanDispatch PackDispatch(const VulkanTensor& /*linear*/, const VulkanTensor& c4,
                            VulkanOperand in, VulkanOperand out, const VulkanTraits& traits) {
  return LayoutDispatch("move/pack", c4, in, out, traits);
}

VulkanDispatch UnpackDispatch(const VulkanTensor& c4, const VulkanTensor& /*linear*/,
                              VulkanOperand in, VulkanOperand out, const VulkanTraits& traits) {
  return LayoutDispatch("move/unpack", c4, in, out, traits);
}

}  // namespace convoy::compute
