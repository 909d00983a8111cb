// Winograd's input transform: one invocation reads the (TILE+2) x (TILE+2) pixels of one tile and channel quad and writes Bt d B.
// Input: x (kC4). Output: [point][in_quads][tile], planes of out_plane vec4s. first_pixel is the first tile of the dispatch.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"
#include "conv/winograd.glsl"

void main() {
  const int m = int(gl_GlobalInvocationID.x);
  const int quad = int(gl_WorkGroupID.y);
  const Place place = GridPlace(push.first_pixel + m, TileGrid());
  const ivec3 first = ivec3(0, place.at.yz * TILE - Pads().yz);

  vec4 rows[kSide][kSide];  // Bt d
  [[unroll]] for (int x = 0; x < kSide; ++x) {
    vec4 column[kSide];
    [[unroll]] for (int y = 0; y < kSide; ++y) {
      const ivec3 at = first + ivec3(0, y, x);
      const int index = quad * push.in_plane + PixelIndex(place.n, at, InSize());
      column[y] = LOAD0(IsInside(at, InSize()) ? index : kOutside);
    }
    [[unroll]] for (int p = 0; p < kSide; ++p) {
      rows[p][x] = vec4(0);
      [[unroll]] for (int y = 0; y < kSide; ++y)
        if (kBt[p][y] != 0) rows[p][x] += kBt[p][y] * column[y];
    }
  }

  // Surplus invocations repeat the last tile into the slack of their own plane.
  int index = quad * push.out_plane + m;
  [[unroll]] for (int p = 0; p < kSide; ++p) {
    [[unroll]] for (int q = 0; q < kSide; ++q) {
      vec4 v = vec4(0);
      [[unroll]] for (int x = 0; x < kSide; ++x)
        if (kBt[q][x] != 0) v += kBt[q][x] * rows[p][x];
      STORE(index, v);
      index += push.in_quads * push.out_plane;
    }
  }
}
