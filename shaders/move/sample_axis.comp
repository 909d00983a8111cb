// As sample.comp, along one dimension of a linear tensor seen as [outer, extent, inner]. One invocation a float.
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
  float value;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = FastDivide(i, push.inner_multiplier, push.inner_shift);
  const int outer = FastDivide(row, push.extent_multiplier, push.extent_shift);
  const vec4 tap = LOAD1(row - outer * push.out_extent);
  const int first = outer * push.in_extent * push.inner + i - row * push.inner;
  float v = push.value;
  if (tap.x >= 0) {
    v = LOADF0(first + int(tap.x) * push.inner);
    if (tap.z != 0) v += tap.z * (LOADF0(first + int(tap.y) * push.inner) - v);
  }
  output_floats[i] = v;
}
