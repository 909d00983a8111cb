// Where the largest or smallest element of each row of a linear tensor [outer][extent][inner] stands. One invocation a part of a
// row: the candidates part, part + parts, part + 2 * parts, ... In a second launch the candidates are the winners of the parts.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_INTS
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/order.glsl"

layout(constant_id = 1) const int kWord = kFloatWord;
layout(constant_id = 2) const bool kSmallest = false;
layout(constant_id = 3) const bool kSelectLast = false;
layout(constant_id = 4) const bool kJoins = false;  // candidates stand in input 1, [outer][candidates][inner]

layout(push_constant) uniform Push {
  BASES
  int count;
  int extent;
  int inner;
  int parts;
  int candidates;
  uint multipliers[2];  // divide by inner and by parts
  uint shifts;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = DIVIDE(i, 0);
  const int outer = DIVIDE(row, 1);
  const int j = i - row * push.inner;
  const int first = outer * push.extent * push.inner + j;

  int best = -1;
  int best_key = 0;
  for (int k = row - outer * push.parts; k < push.candidates; k += push.parts) {
    const int at = kJoins ? LOADI1((outer * push.candidates + k) * push.inner + j) : k;
    int key = OrderKey(LOADI0(first + at * push.inner), kWord);
    if (kSmallest) key = ~key;  // turns the order round
    const bool earlier = kSelectLast ? at > best : at < best;
    if (best < 0 || key > best_key || (key == best_key && earlier)) {
      best = at;
      best_key = key;
    }
  }
  output_ints[i] = best;
}
