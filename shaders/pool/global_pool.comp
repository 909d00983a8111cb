// The maximum or the mean over all pixels of a sample. One invocation a part of a sample of a channel quad: the pixels part,
// part + parts, part + 2 * parts, ... A second launch with one part reduces the parts of the first as if they were pixels.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int places;  // samples * parts
  uint places_multiplier;
  int places_shift;
  int parts;
  uint parts_multiplier;
  int parts_shift;
  int image;  // pixels of one sample
  int in_plane;
  int out_plane;
  int is_max;
  float scale;  // of the sum
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.places, push.places_multiplier, push.places_shift);
  const int n = FastDivide(place.y, push.parts_multiplier, push.parts_shift);
  const int part = place.y - n * push.parts;
  const int first = place.x * push.in_plane + n * push.image;

  vec4 sum = LOAD0(first + part);
  vec4 largest = sum;
  for (int p = part + push.parts; p < push.image; p += push.parts) {
    const vec4 v = LOAD0(first + p);
    sum += v;
    largest = mix(largest, v, greaterThan(v, largest));
  }
  output_data[place.x * push.out_plane + place.y] = mix(sum * push.scale, largest, bvec4(push.is_max != 0));
}
