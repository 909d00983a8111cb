// y = act(x), vec4 by vec4: activations in either layout (a linear tensor is one plane), and copies of channel quads into another
// tensor (concat).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"
#include "include/activation.glsl"

layout(constant_id = 1) const int kActivation = kNone;

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int channels;  // of the output, counted from out_first
  int in_plane;
  int out_first;  // where the first plane starts, in vec4s
  int out_plane;
  float alpha;
  float beta;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.pixels, push.pixels_multiplier, push.pixels_shift);
  const vec4 x = LOAD0(place.x * push.in_plane + place.y);
  const vec4 y = Activate(x, kActivation, push.alpha, push.beta);
  STORE(push.out_first + place.x * push.out_plane + place.y, MaskChannels(y, place.x, push.channels));
}
