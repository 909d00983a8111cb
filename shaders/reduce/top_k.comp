// The k largest or smallest elements of each row of a linear tensor [outer][extent][inner], in order. One invocation an element: its
// rank is the number of elements that come before it. Writes the words of the elements, or their indices.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_INTS
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/order.glsl"

layout(constant_id = 1) const int kWord = kFloatWord;
layout(constant_id = 2) const bool kSmallest = false;
layout(constant_id = 3) const bool kWritesIndices = false;

layout(push_constant) uniform Push {
  BASES
  int count;
  int extent;
  int inner;
  int k;
  uint multipliers[2];  // divide by inner and by extent
  uint shifts;
} push;

int KeyAt(int address) {
  const int key = OrderKey(LOADI0(address), kWord);
  return kSmallest ? ~key : key;
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = DIVIDE(i, 0);
  const int outer = DIVIDE(row, 1);
  const int own = row - outer * push.extent;
  const int j = i - row * push.inner;
  const int first = outer * push.extent * push.inner + j;

  const int key = KeyAt(i);
  int rank = 0;
  for (int other = 0; other < push.extent; ++other) {
    const int other_key = KeyAt(first + other * push.inner);
    if (other_key > key || (other_key == key && other < own)) ++rank;
  }
  if (rank >= push.k) return;
  output_ints[(outer * push.k + rank) * push.inner + j] = kWritesIndices ? own : LOADI0(i);
}
