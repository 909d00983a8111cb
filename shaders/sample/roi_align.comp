// RoiAlign: input 0 is the image in channel quads, inputs 1 and 2 the linear boxes and their images (integers). One invocation a channel
// quad of a bin.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int channels;
  int in_n, in_h, in_w;
  int in_plane;
  int out_plane;
  int out_h, out_w;
  uint multipliers[3];  // divide by all bins, by those of a box, by those of a row
  uint shifts;
  int bins;
  int sampling_ratio;
  float spatial_scale;
  int half_pixel;
  int is_max;
  float bin_slack;
} push;

// A box along one dimension of the image, cut into bins.
struct Cut {
  float start;
  float bin;
  int places;  // a bin
};

Cut CutOf(float low, float high, int bins, int extent) {
  const float offset = push.half_pixel != 0 ? 0.5 : 0.0;
  precise float start = low * push.spatial_scale - offset;
  precise float size = high * push.spatial_scale - offset - start;
  if (push.half_pixel == 0) size = max(size, 1);
  const float bin = size / float(bins);
  const int wanted = int(clamp(ceil(bin * push.bin_slack), 0, float(extent)));
  return Cut(start, bin, isnan(bin) ? 0 : push.sampling_ratio > 0 ? push.sampling_ratio : wanted);
}

float PlaceOf(Cut cut, int i, int k) {
  precise float place = cut.start + float(i) * cut.bin + (float(k) + 0.5) * cut.bin / float(cut.places);
  return place;
}

// (low entry, its weight, high entry, its weight); weights 0 more than one pixel outside.
vec4 Neighbours(float place, int extent) {
  if (!(place >= -1 && place <= float(extent))) return vec4(0);
  place = clamp(place, 0, float(extent - 1));
  const float low = floor(place);
  return vec4(low, 1 - (place - low), min(low + 1, float(extent - 1)), place - low);
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.bins;
  const int r = DIVIDE(m, 1);
  const int row = DIVIDE(m, 2) - r * push.out_h;
  const int column = m - DIVIDE(m, 2) * push.out_w;
  const vec4 roi = LOAD1(r);
  const int n = LOADI2(r);
  Cut h = CutOf(roi.y, roi.w, push.out_h, push.in_h);
  Cut w = CutOf(roi.x, roi.z, push.out_w, push.in_w);
  if (uint(n) >= uint(push.in_n)) h.places = 0;

  const int first = quad * push.in_plane + n * push.in_h * push.in_w;
  vec4 sum = vec4(0);
  vec4 most = vec4(h.places * w.places == 0 ? 0.0 : uintBitsToFloat(0xFF800000u));
  for (int a = 0; a < h.places; ++a) {
    const vec4 y = Neighbours(PlaceOf(h, row, a), push.in_h);
    for (int b = 0; b < w.places; ++b) {
      const vec4 x = Neighbours(PlaceOf(w, column, b), push.in_w);
      for (int k = 0; k < 4; ++k) {
        const int dy = k & 2;
        const int dx = 2 * (k & 1);
        const vec4 value = y[dy + 1] * x[dx + 1] * LOAD0(first + int(y[dy]) * push.in_w + int(x[dx]));
        sum += value;
        most = mix(most, value, greaterThan(value, most));
      }
    }
  }
  sum /= float(max(h.places * w.places, 1));
  if (push.is_max != 0) sum = most;
  STORE(quad * push.out_plane + m, MaskChannels(sum, quad, push.channels));
}
