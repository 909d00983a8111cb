// Row-major [N, C, spatial...] to kC4. Channels past C become 0.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "move/layout.glsl"

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = FastDivide(i, push.pixels_multiplier, push.pixels_shift);
  const int m = i - quad * push.pixels;
  const int n = FastDivide(m, push.image_multiplier, push.image_shift);

  vec4 v = vec4(0);
  int address = (n * push.channels + 4 * quad) * push.image + m - n * push.image;
  for (int lane = 0; lane < 4; ++lane) {
    if (4 * quad + lane < push.channels) v[lane] = LOADF0(address);
    address += push.image;
  }
  STORE(quad * push.plane + m, v);
}
