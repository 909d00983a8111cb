// Joins the moments of the parts of each set (input 0: mean and sum of squared distances, `entries` pairs a set) by the formula of
// Chan, Golub and LeVeque 1979, and writes mean and 1 / deviation. One invocation a set.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

// 0: pairs of mean and 1 / deviation; 1: the means alone; 2: the others alone.
layout(constant_id = 1) const int kWanted = 0;

layout(push_constant) uniform Push {
  BASES
  int sets;
  int entries;
  int parts;   // entry k is part k % parts ...
  int extent;  // ... of a run of so many elements
  float epsilon;
} push;

void main() {
  const int set = FlatIndex();
  if (uint(set) >= uint(push.sets)) return;
  const int first = set * push.entries;
  const int runs = push.entries / push.parts;
  const float elements = float(runs) * float(push.extent);

  float mean = 0;
  for (int k = 0, part = 0; k < push.entries; ++k) {
    const float share = float((push.extent - part + push.parts - 1) / push.parts) / elements;
    mean += share * LOADF0(2 * (first + k));
    if (++part == push.parts) part = 0;
  }
  float squares = 0;
  for (int k = 0, part = 0; k < push.entries; ++k) {
    const float count = float((push.extent - part + push.parts - 1) / push.parts);
    const float distance = LOADF0(2 * (first + k)) - mean;
    squares += LOADF0(2 * (first + k) + 1) + count * distance * distance;
    if (++part == push.parts) part = 0;
  }
  const float inverse = 1 / sqrt(squares / elements + push.epsilon);
  if (kWanted == 0) {
    output_floats[2 * set] = mean;
    output_floats[2 * set + 1] = inverse;
  } else {
    output_floats[set] = kWanted == 1 ? mean : inverse;
  }
}
