// y = x * scale + shift. Input 1: the scales of all channel quads, then the shifts; 0 past the last channel.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int quads;
  int in_plane;
  int out_plane;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.pixels, push.pixels_multiplier, push.pixels_shift);
  const vec4 x = LOAD0(place.x * push.in_plane + place.y);
  STORE(place.x * push.out_plane + place.y, x * LOAD1(place.x) + LOAD1(push.quads + place.x));
}
