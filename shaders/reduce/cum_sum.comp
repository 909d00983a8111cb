// Running sums along the rows of a linear tensor [outer][extent][inner], which are cut into chunks: one invocation a chunk. The first
// launch writes the chunks' sums, [outer][chunks][inner]; the second starts each chunk from the sums before it (input 1).
#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef INTEGERS
#define OUTPUT_INTS
#define VALUE int
#define READ LOADI0
#define READ_SUM LOADI1
#define RESULT output_ints
#else
#define OUTPUT_FLOATS
#define VALUE float
#define READ LOADF0
#define READ_SUM LOADF1
#define RESULT output_floats
#endif
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(constant_id = 1) const bool kWritesSums = false;
layout(constant_id = 2) const bool kExclusive = false;
layout(constant_id = 3) const bool kReverse = false;

layout(push_constant) uniform Push {
  BASES
  int count;
  int extent;
  int inner;
  int chunks;
  int chunk;            // elements of a chunk; the last may have fewer
  uint multipliers[2];  // divide by inner and by chunks
  uint shifts;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = DIVIDE(i, 0);
  const int outer = DIVIDE(row, 1);
  const int own = row - outer * push.chunks;
  const int j = i - row * push.inner;
  const int step = kReverse ? -push.inner : push.inner;
  const int begin = own * push.chunk;
  const int end = min(begin + push.chunk, push.extent);
  int address = (outer * push.extent + (kReverse ? push.extent - 1 - begin : begin)) * push.inner + j;

  VALUE sum = VALUE(0);
  if (!kWritesSums) {
    for (int k = 0; k < own; ++k) sum += READ_SUM((outer * push.chunks + k) * push.inner + j);
  }
  for (int k = begin; k < end; ++k) {
    const VALUE x = READ(address);
    if (!kWritesSums) RESULT[address] = kExclusive ? sum : sum + x;
    sum += x;
    address += step;
  }
  if (kWritesSums) RESULT[i] = sum;
}
