// GridSample: input 0 is the image in channel quads, input 1 the linear grid. One invocation a channel quad of an output pixel. The
// places are computed as in compute/ops/sample/grid_sample.cc, without fused operations, so that "nearest" rounds alike.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(constant_id = 1) const int kTaps = 2;  // a dimension: nearest 1, linear 2, cubic 4

layout(push_constant) uniform Push {
  BASES
  int count;
  int channels;
  int pixels;
  uint pixels_multiplier;
  int pixels_shift;
  int image;  // output pixels of one sample
  uint image_multiplier;
  int image_shift;
  int in_d, in_h, in_w;
  int in_plane;
  int out_plane;
  int rank;
  int padding;  // the order of GridPadding
  int align_corners;
} push;

const int kBorder = 1;
const int kReflection = 2;

struct Taps {
  ivec4 index;  // -1: zeros
  vec4 weight;
};

float Reflect(float x, float low, float high) {
  const float range = high - low;
  if (x >= low && x <= high) return x;
  if (range <= 0) return low;
  const float place = mod(abs(x - low), 2 * range);
  return low + min(place, 2 * range - place);
}

float Place(float at, float extent, float low, float high) {
  precise float x = ((at + 1) * extent - 1) / 2;
  if (push.align_corners != 0) x = (at + 1) / 2 * (extent - 1);
  if (kTaps == 1) x = roundEven(x);
  if (push.padding == kReflection) x = Reflect(x, low, high);
  if (push.padding == kBorder && !(x >= low && x <= high)) x = clamp(x, 0, extent - 1);
  return x > -4 ? min(x, extent + 4) : -4;
}

// The kernel of compute/ops/cubic.h with a = -0.75.
float Cubic(float d) {
  if (d <= 1) return (1.25 * d - 2.25) * d * d + 1;
  return d < 2 ? -0.75 * (((d - 5) * d + 8) * d - 4) : 0;
}

Taps TapsAt(float at, int extent) {
  const float low = push.align_corners != 0 ? 0 : -0.5;
  const float high = float(extent - 1) - low;
  const float x = Place(at, float(extent), low, high);
  const int first = int(floor(x)) - (kTaps == 4 ? 1 : 0);
  Taps taps;
  for (int k = 0; k < kTaps; ++k) {
    int i = first + k;
    const float distance = abs(float(i) - x);
    taps.weight[k] = kTaps == 1 ? 1 : kTaps == 2 ? 1 - distance : Cubic(distance);
    if (push.padding == kReflection) i = int(Reflect(float(i), low, high));
    if (push.padding != 0) i = clamp(i, 0, extent - 1);
    taps.index[k] = i < extent ? max(i, -1) : -1;
  }
  return taps;
}

// Along dimension k of the grid's entry, innermost first; a dimension that the image lacks has one entry.
Taps TapsOf(int m, int k, int extent) {
  if (k < push.rank) return TapsAt(LOADF1(m * push.rank + k), extent);
  return Taps(ivec4(0, -1, -1, -1), vec4(1, 0, 0, 0));
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const ivec2 at = QuadAndPixel(i, push.pixels, push.pixels_multiplier, push.pixels_shift);
  const int n = FastDivide(at.y, push.image_multiplier, push.image_shift);
  const Taps along_w = TapsOf(at.y, 0, push.in_w);
  const Taps along_h = TapsOf(at.y, 1, push.in_h);
  const Taps along_d = TapsOf(at.y, 2, push.in_d);
  const int first = at.x * push.in_plane;
  vec4 sum = vec4(0);
  for (int z = 0; z < kTaps; ++z) {
    if (along_d.index[z] < 0) continue;
    const int row_z = (n * push.in_d + along_d.index[z]) * push.in_h;
    for (int y = 0; y < kTaps; ++y) {
      if (along_h.index[y] < 0) continue;
      const int row = first + (row_z + along_h.index[y]) * push.in_w;
      const float weight = along_d.weight[z] * along_h.weight[y];
      for (int x = 0; x < kTaps; ++x) {
        const float share = weight * along_w.weight[x];
        // A neighbour without weight is not read: it may be infinite.
        if (along_w.index[x] < 0 || share == 0) continue;
        sum += share * LOAD0(row + along_w.index[x]);
      }
    }
  }
  STORE(at.x * push.out_plane + at.y, MaskChannels(sum, at.x, push.channels));
}
