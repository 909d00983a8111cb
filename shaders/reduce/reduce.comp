// One dimension of a linear tensor folded: [outer][extent][inner] to [outer][parts][inner]. One invocation an element of the
// result; part p takes the values p, p + parts, p + 2 * parts, ...
#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef INTEGERS
#define OUTPUT_INTS
#define VALUE int
#define READ LOADI0
#else
#define OUTPUT_FLOATS
#define VALUE float
#define READ LOADF0
#define GREATER(a, b) ((a) > (b))
#endif
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int extent;
  int inner;
  int parts;
  int total;            // elements of a set
  uint multipliers[2];  // divide by inner and by parts
  uint shifts;
} push;

#include "reduce/fold.glsl"

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = DIVIDE(i, 0);
  const int outer = DIVIDE(row, 1);
  const int part = row - outer * push.parts;
  const int first = (outer * push.extent + part) * push.inner + i - row * push.inner;
  const int terms = (push.extent - part + push.parts - 1) / push.parts;
  const VALUE result = Fold(first, push.parts * push.inner, terms);
#ifdef INTEGERS
  output_ints[i] = result;
#else
  output_floats[i] = result;
#endif
}
