// Mean and sum of squared distances from it, of consecutive elements of a linear tensor: part p of a row takes the elements p,
// p + parts, p + 2 * parts, ... One invocation a part; it writes two floats.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(constant_id = 1) const bool kCentred = true;  // else around 0

layout(push_constant) uniform Push {
  BASES
  int count;  // rows * parts
  int extent;
  int parts;
  uint parts_multiplier;
  int parts_shift;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row = FastDivide(i, push.parts_multiplier, push.parts_shift);
  const int part = i - row * push.parts;
  const int first = row * push.extent;

  float mean = 0;
  if (kCentred) {
    for (int k = part; k < push.extent; k += push.parts) mean += LOADF0(first + k);
    mean /= float((push.extent - part + push.parts - 1) / push.parts);
  }
  float squares = 0;
  for (int k = part; k < push.extent; k += push.parts) {
    const float distance = LOADF0(first + k) - mean;
    squares += distance * distance;
  }
  output_floats[2 * i] = mean;
  output_floats[2 * i + 1] = squares;
}
