// Max and average pooling to a given size: window i of an axis covers floor(i * in / out) to ceil((i + 1) * in / out) - 1. One
// invocation a pixel of a channel quad.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(constant_id = 1) const bool kMax = true;

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  int in_plane;
  int out_plane;
  int in_size[3];  // D, H, W
  int out_size[3];
  uint multipliers[4];  // divide by all pixels, by D * H * W, by H * W and by W
  uint shifts;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.pixels;
  const int n = DIVIDE(m, 1);
  const int nz = DIVIDE(m, 2);
  const int nzy = DIVIDE(m, 3);
  const int place[3] = {nz - n * push.out_size[0], nzy - nz * push.out_size[1], m - nzy * push.out_size[2]};
  int begin[3];
  int end[3];
  int taps = 1;
  for (int axis = 0; axis < 3; ++axis) {
    begin[axis] = place[axis] * push.in_size[axis] / push.out_size[axis];
    end[axis] = ((place[axis] + 1) * push.in_size[axis] + push.out_size[axis] - 1) / push.out_size[axis];
    taps *= end[axis] - begin[axis];
  }

  vec4 result = vec4(kMax ? uintBitsToFloat(0xff800000u) : 0.0);
  for (int z = begin[0]; z < end[0]; ++z) {
    for (int y = begin[1]; y < end[1]; ++y) {
      const int row = quad * push.in_plane + ((n * push.in_size[0] + z) * push.in_size[1] + y) * push.in_size[2];
      for (int x = begin[2]; x < end[2]; ++x) {
        const vec4 v = LOAD0(row + x);
        if (kMax) {
          result = mix(result, v, greaterThan(v, result));
        } else {
          result += v;
        }
      }
    }
  }
  if (!kMax) result /= float(taps);
  STORE(quad * push.out_plane + m, result);
}
