// y = (x - mean) * inverse deviation * scale + bias of a kC4 tensor. Inputs 1: mean and 1 / deviation of each sample's groups;
// 2 and 3: scale and bias of the channels. One invocation a vec4.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(constant_id = 1) const bool kHasScale = true;
layout(constant_id = 2) const bool kHasBias = true;

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  int channels;
  int groups;
  int in_plane;
  int out_plane;
  uint multipliers[3];  // divide by all pixels, by those of a sample, and by the channels of a group
  uint shifts;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.pixels;
  const int n = DIVIDE(m, 1);

  vec4 mean, inverse;
  for (int lane = 0; lane < 4; ++lane) {
    const int channel = min(4 * quad + lane, push.channels - 1);
    const int set = n * push.groups + DIVIDE(channel, 2);
    mean[lane] = LOADF1(2 * set);
    inverse[lane] = LOADF1(2 * set + 1);
  }
  vec4 y = (LOAD0(quad * push.in_plane + m) - mean) * inverse;
  if (kHasScale) y *= LOAD2(quad);
  if (kHasBias) y += LOAD3(quad);
  STORE(quad * push.out_plane + m, MaskChannels(y, quad, push.channels));
}
