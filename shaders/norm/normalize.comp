// y = (x - mean) * inverse deviation * scale + bias of a linear tensor. Inputs 1: mean and 1 / deviation of each set; 2 and 3:
// scale and bias, whose entry for element i is i / inner % period. One invocation an element.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(constant_id = 1) const bool kHasScale = true;
layout(constant_id = 2) const bool kHasBias = true;

layout(push_constant) uniform Push {
  BASES
  int count;
  int periods[2];       // of scale and bias
  uint multipliers[5];  // divide by the set's extent, and by inner and period of scale and of bias
  uint shifts;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int set = DIVIDE(i, 0);
  float y = (LOADF0(i) - LOADF1(2 * set)) * LOADF1(2 * set + 1);
  if (kHasScale) {
    const int entry = DIVIDE(i, 1);
    y *= LOADF2(entry - DIVIDE(entry, 2) * push.periods[0]);
  }
  if (kHasBias) {
    const int entry = DIVIDE(i, 3);
    y += LOADF3(entry - DIVIDE(entry, 4) * push.periods[1]);
  }
  output_floats[i] = y;
}
