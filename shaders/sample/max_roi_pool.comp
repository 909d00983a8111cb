// MaxRoiPool: input 0 is the image in channel quads, input 1 the linear boxes. One invocation a channel quad of a bin.
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
  uint multipliers[4];  // divide by all bins, by those of a box, of a row and of a column
  uint shifts;
  int bins;
  float spatial_scale;
  float most_corner;
} push;

// A corner in whole pixels, halves away from zero.
int CornerOf(float place) {
  const float x = clamp(place * push.spatial_scale, -push.most_corner, push.most_corner);
  return isnan(place) ? 0 : int(sign(x) * floor(abs(x) + 0.5));
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.bins;
  const int r = DIVIDE(m, 1);
  const int row = DIVIDE(m, 2) - r * push.out_h;
  const int column = m - DIVIDE(m, 2) * push.out_w;
  const float image = LOADF1(5 * r);
  const bool exists = image >= 0 && image < float(push.in_n);
  const int n = exists ? int(image) : 0;
  const ivec2 low = ivec2(CornerOf(LOADF1(5 * r + 1)), CornerOf(LOADF1(5 * r + 2)));
  const ivec2 size = max(ivec2(CornerOf(LOADF1(5 * r + 3)), CornerOf(LOADF1(5 * r + 4))) - low + 1, 1);
  const ivec2 extent = ivec2(push.in_w, push.in_h);
  // Pixels [x, y) of this bin.
  const ivec2 columns = clamp(low.x + ivec2(DIVIDE(column * size.x, 2), DIVIDE((column + 1) * size.x + push.out_w - 1, 2)),
                              0, extent.x);
  ivec2 rows = clamp(low.y + ivec2(DIVIDE(row * size.y, 3), DIVIDE((row + 1) * size.y + push.out_h - 1, 3)), 0, extent.y);
  if (!exists || columns.x >= columns.y) rows.y = rows.x;

  vec4 most = vec4(rows.x < rows.y ? uintBitsToFloat(0xFF800000u) : 0.0);
  for (int y = rows.x; y < rows.y; ++y) {
    const int first = quad * push.in_plane + (n * push.in_h + y) * push.in_w;
    for (int x = columns.x; x < columns.y; ++x) {
      const vec4 value = LOAD0(first + x);
      most = mix(most, value, greaterThan(value, most));
    }
  }
  STORE(quad * push.out_plane + m, MaskChannels(most, quad, push.channels));
}
