// y = act(a op b), vec4 by vec4, in either layout (a linear tensor is one plane). Each operand has its own strides, 0 where it
// stretches: over channels, samples or pixels.
#version 450
#extension GL_GOOGLE_include_directive : require
#if defined(WORDS) || defined(TEST)
#define OUTPUT_WORDS
#endif
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"
#include "elementwise/combine.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int image;  // pixels of one sample
  uint image_multiplier;
  int image_shift;
  int channels;
  int out_plane;
  int quad_strides[2];  // of a and b, in vec4s
  int sample_strides[2];
  int pixel_strides[2];
  int splats[2];  // not 0: channel 0 stands for all
  float alpha;
  float beta;
} push;

int Address(int operand, int quad, int n, int pixel) {
  return quad * push.quad_strides[operand] + n * push.sample_strides[operand] + pixel * push.pixel_strides[operand];
}

ELEMENTS Splat(int operand, ELEMENTS v) {
  if (push.splats[operand] != 0) v = v.xxxx;
  return v;
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.pixels, push.pixels_multiplier, push.pixels_shift);
  const int n = FastDivide(place.y, push.image_multiplier, push.image_shift);
  const int pixel = place.y - n * push.image;
  const ELEMENTS a = Splat(0, ELEMENTS_OF(LOAD0(Address(0, place.x, n, pixel))));
  const ELEMENTS b = Splat(1, ELEMENTS_OF(LOAD1(Address(1, place.x, n, pixel))));
  const int at = place.x * push.out_plane + place.y;
#ifdef OUTPUT_WORDS
  output_words[at] = MaskChannels(Combine(a, b), place.x, push.channels);
#else
  const vec4 y = Activate(Combine(a, b), kActivation, push.alpha, push.beta);
  STORE(at, MaskChannels(y, place.x, push.channels));
#endif
}
