// Ends a convolution whose inner dimension was split: y = act(partial sums in order + bias + residual). One invocation one pixel of
// a channel quad; workgroup (x, y) = (pixels, quad).
// Inputs: partial sums [split][quad][plane]; bias (2); residual as y (3).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const int kSplits = 2;
layout(constant_id = 2) const bool kResidual = false;
layout(constant_id = 3) const int kSmooth = 0;

#include "include/epilogue.glsl"

void main() {
  const int m = push.first_pixel + int(gl_WorkGroupID.x * gl_WorkGroupSize.x + gl_LocalInvocationID.x);
  if (m >= push.pixels) return;
  const int quad = int(gl_WorkGroupID.y);
  const int index = quad * push.out_plane + m;
  vec4 v = vec4(0);
  for (int split = 0; split < kSplits; ++split) v += LOAD0(split * int(gl_NumWorkGroups.y) * push.out_plane + index);
  v += LOAD2(quad);
  if (kResidual) v += LOAD3(index);
  STORE(index, ZeroPaddedChannels(Epilogue(v), quad));
}
