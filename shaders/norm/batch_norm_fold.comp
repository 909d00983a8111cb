// Scales and shifts for batch_norm.comp from scale, bias, mean and variance (inputs 0 to 3, [C]). One invocation a channel quad.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(push_constant) uniform Push {
  BASES
  int quads;
  int channels;
  float epsilon;
} push;

void main() {
  const int quad = FlatIndex();
  if (uint(quad) >= uint(push.quads)) return;
  const vec4 scale = LOAD0(quad) / sqrt(LOAD3(quad) + push.epsilon);
  const vec4 shift = LOAD1(quad) - LOAD2(quad) * scale;
  STORE(quad, MaskChannels(scale, quad, push.channels));
  STORE(push.quads + quad, MaskChannels(shift, quad, push.channels));
}
