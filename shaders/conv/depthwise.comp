// Depthwise convolution of any window in 1-D to 3-D, one pixel of one channel quad an invocation.
// Inputs: x (kC4); weights [channel quad][taps] vec4; bias; residual as y.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const bool kResidual = false;
layout(constant_id = 2) const int kSmooth = 0;

#include "include/epilogue.glsl"

void main() {
  const int m = push.first_pixel + int(gl_GlobalInvocationID.x);
  const int quad = int(gl_WorkGroupID.y);
  if (m >= push.pixels) return;
  const Place place = GridPlace(m, OutSize());
  const ivec3 first = place.at * Unpack(push.strides) - Pads();
  const ivec3 dilation = Unpack(push.dilations), kernel = KernelSize();
  int weight = quad * kernel.x * kernel.y * kernel.z;
  vec4 sum = LOAD2(quad);
  for (int z = 0; z < kernel.x; ++z) {
    for (int y = 0; y < kernel.y; ++y) {
      for (int x = 0; x < kernel.z; ++x, ++weight) {
        const ivec3 at = first + ivec3(z, y, x) * dilation;
        const int index = quad * push.in_plane + PixelIndex(place.n, at, InSize());
        sum = fma(LOAD0(IsInside(at, InSize()) ? index : kOutside), LOAD1(weight), sum);
      }
    }
  }
  const int index = quad * push.out_plane + m;
  if (kResidual) sum += LOAD3(index);
  STORE(index, ZeroPaddedChannels(Epilogue(sum), quad));
}
