// Softmax or log-softmax along the channels of a kC4 tensor. One invocation a pixel.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(constant_id = 1) const bool kLogarithm = false;

layout(push_constant) uniform Push {
  BASES
  int pixels;
  int channels;
  int quads;
  int in_plane;
  int out_plane;
} push;

void main() {
  const int m = FlatIndex();
  if (uint(m) >= uint(push.pixels)) return;

  // The last quad repeats its first channel past the end, which changes no maximum.
  vec4 largest = LOAD0(m).xxxx;
  for (int quad = 0; quad < push.quads; ++quad) {
    vec4 v = LOAD0(quad * push.in_plane + m);
    v = mix(v.xxxx, v, lessThan(4 * quad + ivec4(0, 1, 2, 3), ivec4(push.channels)));
    largest = mix(largest, v, greaterThan(v, largest));
  }
  const float row_largest = max(max(largest.x, largest.y), max(largest.z, largest.w));

  vec4 sums = vec4(0);
  for (int quad = 0; quad < push.quads; ++quad) {
    sums += MaskChannels(exp(LOAD0(quad * push.in_plane + m) - row_largest), quad, push.channels);
  }
  const float sum = sums.x + sums.y + sums.z + sums.w;
  const float scale = 1 / sum;
  const float log_sum = log(sum);
  for (int quad = 0; quad < push.quads; ++quad) {
    vec4 y = LOAD0(quad * push.in_plane + m) - row_largest;
    if (kLogarithm) {
      y -= log_sum;
    } else {
      y = exp(y) * scale;
    }
    STORE(quad * push.out_plane + m, MaskChannels(y, quad, push.channels));
  }
}
