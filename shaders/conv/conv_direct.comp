// Convolution of any shape, group and weight source, one pixel of one channel quad an invocation: what no faster kernel covers.
// Inputs: x (kC4), weights as floats [M][C/group][taps], bias as floats [M], residual (kC4).
// Of the push constants in_quads holds the number of groups and weights_z the input channels of one; out_channels counts all.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const bool kBias = false;
layout(constant_id = 2) const bool kResidual = false;
layout(constant_id = 3) const int kSmooth = 0;

#include "include/epilogue.glsl"

float Channel(int n, ivec3 first, int m) {
  const int group_channels = push.weights_z;
  const int first_channel = m / (push.out_channels / push.in_quads) * group_channels;
  const ivec3 in_size = InSize(), kernel = KernelSize(), dilation = Unpack(push.dilations);
  int weight = m * group_channels * kernel.x * kernel.y * kernel.z;
  float sum = 0;
  for (int c = first_channel; c < first_channel + group_channels; ++c) {
    for (int z = 0; z < kernel.x; ++z) {
      for (int y = 0; y < kernel.y; ++y) {
        for (int x = 0; x < kernel.z; ++x, ++weight) {
          const ivec3 at = first + ivec3(z, y, x) * dilation;
          if (IsInside(at, in_size)) {
            sum += LOAD0((c >> 2) * push.in_plane + PixelIndex(n, at, in_size))[c & 3] * LOADF1(weight);
          }
        }
      }
    }
  }
  if (kBias) sum += LOADF2(m);
  return sum;
}

void main() {
  const int m = push.first_pixel + int(gl_GlobalInvocationID.x);
  const int quad = int(gl_WorkGroupID.y);
  if (m >= push.pixels) return;
  const Place place = GridPlace(m, OutSize());
  const ivec3 first = place.at * Unpack(push.strides) - Pads();
  vec4 v = vec4(0);
  for (int lane = 0; lane < 4; ++lane) {
    if (quad * 4 + lane < push.out_channels) v[lane] = Channel(place.n, first, quad * 4 + lane);
  }
  const int index = quad * push.out_plane + m;
  if (kResidual) v += LOAD3(index);
  STORE(index, ZeroPaddedChannels(Epilogue(v), quad));
}
