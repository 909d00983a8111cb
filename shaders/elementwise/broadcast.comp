// y = act(a op b) on linear tensors with any broadcast. One invocation an element.
#version 450
#extension GL_GOOGLE_include_directive : require
#if defined(WORDS) || defined(TEST)
#define OUTPUT_INTS
#else
#define OUTPUT_FLOATS
#endif
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/strided.glsl"
#include "elementwise/combine.glsl"

layout(push_constant) uniform Push {
  BASES
  STRIDED_WALK
  float alpha;
  float beta;
} push;

STRIDED_OFFSETS

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 address = StridedOffsets(i);
  const ELEMENTS a = ELEMENTS_OF(vec4(LOADF0(address.x)));
  const ELEMENTS b = ELEMENTS_OF(vec4(LOADF1(address.y)));
#ifdef OUTPUT_INTS
  output_ints[i] = Combine(a, b).x;
#else
  output_floats[i] = Activate(Combine(a, b), kActivation, push.alpha, push.beta).x;
#endif
}
