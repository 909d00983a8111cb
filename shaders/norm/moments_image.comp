// The same for the pixels of each sample and channel of a kC4 tensor. One invocation a part of a sample of a channel quad; it writes
// two floats a channel, as [N][C][parts], so that the channels of a group lie side by side.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(constant_id = 1) const bool kCentred = true;  // else around 0

layout(push_constant) uniform Push {
  BASES
  int count;  // quads * places
  int places;  // samples * parts
  uint places_multiplier;
  int places_shift;
  int parts;
  uint parts_multiplier;
  int parts_shift;
  int image;  // pixels of one sample
  int in_plane;
  int channels;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.places, push.places_multiplier, push.places_shift);
  const int n = FastDivide(place.y, push.parts_multiplier, push.parts_shift);
  const int part = place.y - n * push.parts;
  const int first = place.x * push.in_plane + n * push.image;

  vec4 mean = vec4(0);
  if (kCentred) {
    for (int k = part; k < push.image; k += push.parts) mean += LOAD0(first + k);
    mean /= float((push.image - part + push.parts - 1) / push.parts);
  }
  vec4 squares = vec4(0);
  for (int k = part; k < push.image; k += push.parts) {
    const vec4 distance = LOAD0(first + k) - mean;
    squares += distance * distance;
  }
  const int lanes = min(4, push.channels - 4 * place.x);
  for (int lane = 0; lane < lanes; ++lane) {
    const int target = (n * push.channels + 4 * place.x + lane) * push.parts + part;
    output_floats[2 * target] = mean[lane];
    output_floats[2 * target + 1] = squares[lane];
  }
}
