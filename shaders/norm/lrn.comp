// Local response normalisation across the channels of a kC4 tensor. One invocation a vec4.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int channels;
  int in_plane;
  int out_plane;
  int before;  // channels of the window before and behind its middle
  int after;
  float alpha;  // divided by the window's size
  float beta;
  float bias;
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 place = QuadAndPixel(i, push.pixels, push.pixels_multiplier, push.pixels_shift);
  const int middle = 4 * place.x;
  const int first = max(middle - push.before, 0) / 4;
  const int last = min((middle + 3 + push.after) / 4, (push.channels - 1) / 4);

  // Lane `lane` of the result takes those of the quad's channels that lie in its window; channels past the last are 0.
  vec4 sums = vec4(0);
  for (int quad = first; quad <= last; ++quad) {
    const vec4 x = LOAD0(quad * push.in_plane + place.y);
    const ivec4 distances = 4 * quad + ivec4(0, 1, 2, 3) - middle;
    for (int lane = 0; lane < 4; ++lane) {
      const bvec4 near = lessThanEqual(distances - lane, ivec4(push.after));
      const bvec4 far = lessThan(distances - lane, ivec4(-push.before));
      const vec4 taken = mix(vec4(0), mix(x, vec4(0), far), near);
      sums[lane] += dot(taken, taken);
    }
  }
  const vec4 base = push.bias + push.alpha * sums;
  const vec4 x = LOAD0(place.x * push.in_plane + place.y);
  const vec4 y = x * pow(base, vec4(-push.beta));
  STORE(place.x * push.out_plane + place.y, MaskChannels(y, place.x, push.channels));
}
