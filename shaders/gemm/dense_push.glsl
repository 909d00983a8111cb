// What the kernels of a dense layer with few rows share (mirrors DensePush in compute/ops/gemm/dense_vulkan.cc). They declare the
// specialization constants kAligned, that K is a multiple of 4 and so rows are made of whole vec4s, and kSmooth.
layout(push_constant) uniform Push {
  BASES
  int rows, inner, outer;  // outer: N
  float low, high, slope;
} push;

#include "include/epilogue.glsl"

// Quad `quad` of row `row` of x; zeros past the end of the row, rows past the last repeat it.
vec4 Row(int row, int quad) {
  row = min(row, push.rows - 1);
  if (kAligned) return LOAD0(quad * 4 < push.inner ? row * (push.inner >> 2) + quad : kOutside);
  vec4 v = vec4(0);
  for (int lane = 0; lane < 4; ++lane) {
    const int k = quad * 4 + lane;
    if (k < push.inner) v[lane] = LOADF0(row * push.inner + k);
  }
  return v;
}
