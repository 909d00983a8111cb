// Up-convolution of any shape, dilation and group, one pixel of one channel quad an invocation: gathers the input pixels that
// reach the output pixel. Inputs: x (kC4), weights as floats [C][M/group][taps], bias as floats [M].
// Of the push constants in_quads holds the number of groups and weights_z the input channels of one; out_channels counts all.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const bool kBias = false;
layout(constant_id = 2) const int kSmooth = 0;

#include "include/epilogue.glsl"

// What input pixel `at` of all channels of the group gives to output channel m through tap `tap`.
float Tap(int n, ivec3 at, int m, int tap, int taps) {
  const int group_outputs = push.out_channels / push.in_quads;
  const int first_channel = m / group_outputs * push.weights_z;
  const int pixel = PixelIndex(n, at, InSize());
  float sum = 0;
  for (int c = first_channel; c < first_channel + push.weights_z; ++c) {
    sum += LOAD0((c >> 2) * push.in_plane + pixel)[c & 3] * LOADF1((c * group_outputs + m % group_outputs) * taps + tap);
  }
  return sum;
}

float Channel(Place place, int m) {
  const ivec3 kernel = KernelSize(), stride = Unpack(push.strides), dilation = Unpack(push.dilations);
  float sum = kBias ? LOADF2(m) : 0.0;
  int tap = 0;
  for (int z = 0; z < kernel.x; ++z) {
    for (int y = 0; y < kernel.y; ++y) {
      for (int x = 0; x < kernel.z; ++x, ++tap) {
        const ivec3 reach = place.at + Pads() - ivec3(z, y, x) * dilation;
        const ivec3 at = reach / stride;
        if (all(greaterThanEqual(reach, ivec3(0))) && at * stride == reach && IsInside(at, InSize())) {
          sum += Tap(place.n, at, m, tap, kernel.x * kernel.y * kernel.z);
        }
      }
    }
  }
  return sum;
}

void main() {
  const int m = push.first_pixel + int(gl_GlobalInvocationID.x);
  const int quad = int(gl_WorkGroupID.y);
  if (m >= push.pixels) return;
  const Place place = GridPlace(m, OutSize());
  vec4 v = vec4(0);
  for (int lane = 0; lane < 4; ++lane) {
    if (quad * 4 + lane < push.out_channels) v[lane] = Channel(place, quad * 4 + lane);
  }
  STORE(quad * push.out_plane + m, ZeroPaddedChannels(Epilogue(v), quad));
}
