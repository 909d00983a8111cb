// A strided box of one linear tensor into a strided box of another: transpose, slice, concat. One invocation a float.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/strided.glsl"

layout(push_constant) uniform Push {
  BASES
  STRIDED_WALK
  int first0;  // where the boxes start
  int first1;
} push;

STRIDED_OFFSETS

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 address = StridedOffsets(i) + ivec2(push.first0, push.first1);
  output_floats[address.y] = LOADF0(address.x);
}
