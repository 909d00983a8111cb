// Push constants of pack and unpack (mirrors LayoutPush in compute/ops/move/layout_vulkan.cc). One invocation a vec4 of the kC4
// tensor.
layout(push_constant) uniform Push {
  BASES
  int count;  // channel quads * pixels
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int image;  // pixels of one sample
  uint image_multiplier;
  int image_shift;
  int channels;
  int plane;
} push;
