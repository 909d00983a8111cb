// Elements picked by computed indices: data is input 0, indices are input 1, the table of extents and strides input 2. One
// invocation an element, whose bits are copied whatever they mean.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/strided.glsl"
#include "move/indices.glsl"

layout(push_constant) uniform Push {
  BASES
  STRIDED_WALK
  int coordinates;  // that indices give for one element
} push;

STRIDED_OFFSETS

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 address = StridedOffsets(i);
  int from = address.x;
  for (int k = 0; k < push.coordinates; ++k) {
    from += IndexOffset(LOADI1(address.y + k), LOADI2(2 * k), LOADI2(2 * k + 1));
  }
  output_floats[i] = LOADF0(from);
}
