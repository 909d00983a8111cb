// y = act(a op b) on linear tensors with any broadcast. One invocation a float.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/strided.glsl"
#include "elementwise/combine.glsl"

layout(push_constant) uniform Push {
  BASES
  STRIDED_WALK
  int kinds;  // the operation, and the activation in bits 8 and up
  float alpha;
  float beta;
} push;

STRIDED_OFFSETS

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 address = StridedOffsets(i);
  const vec4 y = Combine(push.kinds & 255, vec4(LOADF0(address.x)), vec4(LOADF1(address.y)));
  output_floats[i] = Activate(y, push.kinds >> 8, push.alpha, push.beta).x;
}
