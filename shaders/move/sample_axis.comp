// As sample.comp, along one dimension of a linear tensor seen as [outer, extent, inner], with any number of taps: `pairs` vec4s of
// input 1 for each coordinate. One invocation a float.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int in_extent;
  int out_extent;
  uint extent_multiplier;
  int extent_shift;
  int inner;
  uint inner_multiplier;
  int inner_shift;
  int pairs;
  float value;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = FastDivide(i, push.inner_multiplier, push.inner_shift);
  const int outer = FastDivide(row, push.extent_multiplier, push.extent_shift);
  const int taps = (row - outer * push.out_extent) * push.pairs;
  const int first = outer * push.in_extent * push.inner + i - row * push.inner;
  const vec4 tap = LOAD1(taps);
  float v = push.value;
  if (tap.x >= 0) v = LOADF0(first + int(tap.x) * push.inner);
  if (tap.w != 0) {
    v *= tap.y;
    v += tap.w * LOADF0(first + int(tap.z) * push.inner);
    for (int k = 1; k < push.pairs; ++k) {
      const vec4 more = LOAD1(taps + k);
      if (more.y != 0) v += more.y * LOADF0(first + int(more.x) * push.inner);
      if (more.w != 0) v += more.w * LOADF0(first + int(more.z) * push.inner);
    }
  }
  output_floats[i] = v;
}
