// y = condition ? a : b on linear tensors with any broadcast of up to five dimensions. Words of any type: integers are read
// and written as such. One invocation an element.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_INTS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int extents[4];        // of dimensions 1 to 4
  uint multipliers[4];   // and their dividers
  uint shifts;
  int condition_strides[5];
  int a_strides[5];
  int b_strides[5];
} push;

void main() {
  int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int at = i;
  ivec3 address = ivec3(0);
  for (int k = 3; k >= 0; --k) {
    const int rest = DIVIDE(i, k);
    const ivec3 strides = ivec3(push.condition_strides[k + 1], push.a_strides[k + 1], push.b_strides[k + 1]);
    address += (i - rest * push.extents[k]) * strides;
    i = rest;
  }
  address += i * ivec3(push.condition_strides[0], push.a_strides[0], push.b_strides[0]);
  int y = LOADI2(address.z);
  if (LOADI0(address.x) != 0) y = LOADI1(address.y);
  output_ints[at] = y;
}
