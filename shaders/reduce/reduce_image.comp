// All pixels of a sample folded, in channel quads. One invocation a part of a sample of a quad: the pixels part, part + parts,
// part + 2 * parts, ... A second launch with one part folds the parts of the first as if they were pixels.
#version 450
#extension GL_GOOGLE_include_directive : require
#define VALUE vec4
#define READ LOAD0
#define GREATER greaterThan
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
  int channels;
  int total;  // elements of a set
} push;

#include "reduce/fold.glsl"

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.places, push.places_multiplier, push.places_shift);
  const int n = FastDivide(place.y, push.parts_multiplier, push.parts_shift);
  const int part = place.y - n * push.parts;
  const int terms = (push.image - part + push.parts - 1) / push.parts;
  const vec4 result = Fold(place.x * push.in_plane + n * push.image + part, push.parts, terms);
  STORE(place.x * push.out_plane + place.y, MaskChannels(result, place.x, push.channels));
}
