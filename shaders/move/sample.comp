// Pixels taken from other places of the same channel quad: resize, pad and slice along all dimensions but the channels. Input 1
// holds one vec4 for each coordinate of the output along N, D, H and W in this order: (i, a, j, b) is a * x[i] + b * x[j]; i = -1
// is outside, where the output holds `value`. Where nothing is mixed, words of any type pass through.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

// Neighbours along D, H and W that are mixed: 2 where the dimension may be interpolated.
layout(constant_id = 1) const int kTapsD = 1;
layout(constant_id = 2) const int kTapsHW = 1;

layout(push_constant) uniform Push {
  BASES
  int count;
  int channels;
  int in_first;  // vec4 where the input's first channel quad starts
  int in_plane;
  int out_plane;
  int in_d, in_h, in_w;
  int out_n, out_d, out_h, out_w;
  uint multipliers[4];  // divide by all pixels, by D * H * W, by H * W and by W
  uint shifts;          // five bits each
  float value;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.out_n * push.out_d * push.out_h * push.out_w;
  const int n = DIVIDE(m, 1);
  const int nz = DIVIDE(m, 2);
  const int nzy = DIVIDE(m, 3);
  const vec4 along_n = LOAD1(n);
  const vec4 along_d = LOAD1(push.out_n + nz - n * push.out_d);
  const vec4 along_h = LOAD1(push.out_n + push.out_d + nzy - nz * push.out_h);
  const vec4 along_w = LOAD1(push.out_n + push.out_d + push.out_h + m - nzy * push.out_w);

  const int first = push.in_first + quad * push.in_plane;
  vec4 sum = vec4(0);
  if (kTapsHW == 1) {
    const int row = (int(along_n.x) * push.in_d + int(along_d.x)) * push.in_h + int(along_h.x);
    sum = LOAD0(first + row * push.in_w + int(along_w.x));
  } else {
    [[unroll]] for (int z = 0; z < kTapsD; ++z) {
      const int row_z = (int(along_n.x) * push.in_d + int(along_d[2 * z])) * push.in_h;
      [[unroll]] for (int y = 0; y < 2; ++y) {
        const float weight_zy = along_d[2 * z + 1] * along_h[2 * y + 1];
        const int row = (row_z + int(along_h[2 * y])) * push.in_w;
        [[unroll]] for (int x = 0; x < 2; ++x) {
          const float weight = weight_zy * along_w[2 * x + 1];
          // A neighbour without weight is not read: it may be infinite.
          sum += weight * LOAD0(weight == 0 ? kOutside : first + row + int(along_w[2 * x]));
        }
      }
    }
  }
  const bool outside = min(min(along_n.x, along_d.x), min(along_h.x, along_w.x)) < 0;
  STORE(quad * push.out_plane + m, MaskChannels(mix(sum, vec4(push.value), bvec4(outside)), quad, push.channels));
}
