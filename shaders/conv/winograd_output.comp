// Winograd's output transform: one invocation turns the products of one tile and channel quad into TILE x TILE pixels, At M A, and
// ends the layer: bias, residual, activation.
// Inputs: products [point][in_quads][tile], planes of in_plane vec4s; bias (2); residual (3). first_pixel: the first tile.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"
#include "conv/winograd.glsl"

layout(constant_id = 1) const bool kResidual = false;
layout(constant_id = 2) const int kSmooth = 0;

#include "include/epilogue.glsl"

void main() {
  const int m = int(gl_GlobalInvocationID.x);
  const int quad = int(gl_WorkGroupID.y);
  const Place place = GridPlace(push.first_pixel + m, TileGrid());

  vec4 rows[TILE][kSide];  // At M
  int index = quad * push.in_plane + m;
  [[unroll]] for (int y = 0; y < TILE; ++y)
    [[unroll]] for (int q = 0; q < kSide; ++q) rows[y][q] = vec4(0);
  [[unroll]] for (int p = 0; p < kSide; ++p) {
    [[unroll]] for (int q = 0; q < kSide; ++q) {
      const vec4 v = LOAD0(index);
      index += push.in_quads * push.in_plane;
      [[unroll]] for (int y = 0; y < TILE; ++y)
        if (kAt[y][p] != 0) rows[y][q] += kAt[y][p] * v;
    }
  }

  const vec4 bias = LOAD2(quad);
  [[unroll]] for (int y = 0; y < TILE; ++y) {
    [[unroll]] for (int x = 0; x < TILE; ++x) {
      vec4 v = bias;
      [[unroll]] for (int q = 0; q < kSide; ++q)
        if (kAt[x][q] != 0) v += kAt[x][q] * rows[y][q];
      const ivec3 at = ivec3(0, place.at.yz * TILE + ivec2(y, x));
      if (push.first_pixel + m < push.pixels && IsInside(at, OutSize())) {
        const int pixel = quad * push.out_plane + PixelIndex(place.n, at, OutSize());
        if (kResidual) v += LOAD3(pixel);
        STORE(pixel, ZeroPaddedChannels(Epilogue(v), quad));
      }
    }
  }
}
