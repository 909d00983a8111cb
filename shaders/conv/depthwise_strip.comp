// Depthwise 2-D convolution with a square kernel: one invocation computes a strip of PY output rows of one column and channel
// quad, so that every input row is loaded once a strip and column tap. The grid counts strips: out_h of it is ceil(H / PY).
// Inputs: x (kC4); weights [channel quad][taps] vec4; bias; residual as y. in_quads holds the rows H of the output.
// Macros: PY; SPREAD (see conv_rt.comp): each lane loads one tap, undefined: every lane loads every tap.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#ifdef SPREAD
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_shuffle : require
#endif
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const int kSubgroup = 16;
layout(constant_id = 2) const int kKernel = 3;
layout(constant_id = 3) const int kStride = 1;
layout(constant_id = 4) const bool kResidual = false;
layout(constant_id = 5) const int kSmooth = 0;

#include "include/epilogue.glsl"

const int kTaps = kKernel * kKernel;
const int kRows = (PY - 1) * kStride + kKernel;
const int kWeightLoads = (kTaps + kSubgroup - 1) / kSubgroup;

void main() {
  const int m = push.first_pixel + int(gl_GlobalInvocationID.x);
  const int quad = int(gl_WorkGroupID.y);
  const int out_rows = push.in_quads;
  const Place place = GridPlace(m, OutSize());
  const int first_y = place.at.y * PY * kStride - push.pad_h;

#ifdef SPREAD
  vec4 loaded[kWeightLoads];
  [[unroll]] for (int u = 0; u < kWeightLoads; ++u) {
    loaded[u] = LOAD1(quad * kTaps + u * kSubgroup + int(gl_LocalInvocationID.x) % kSubgroup);
  }
#endif

  vec4 sum[PY];
  const vec4 bias = LOAD2(quad);
  [[unroll]] for (int i = 0; i < PY; ++i) sum[i] = bias;

  [[unroll]] for (int kx = 0; kx < kKernel; ++kx) {
    const int x = place.at.z * kStride - push.pad_w + kx;
    vec4 column[kRows];
    [[unroll]] for (int r = 0; r < kRows; ++r) {
      const ivec3 at = ivec3(0, first_y + r, x);
      const int index = quad * push.in_plane + PixelIndex(place.n, at, InSize());
      column[r] = LOAD0(IsInside(at, InSize()) ? index : kOutside);
    }
    [[unroll]] for (int ky = 0; ky < kKernel; ++ky) {
      const int tap = ky * kKernel + kx;
#ifdef SPREAD
      const vec4 w = SPREAD(loaded[tap / kSubgroup], tap % kSubgroup);
#else
      const vec4 w = LOAD1(quad * kTaps + tap);
#endif
      [[unroll]] for (int i = 0; i < PY; ++i) sum[i] = fma(column[i * kStride + ky], w, sum[i]);
    }
  }

  [[unroll]] for (int i = 0; i < PY; ++i) {
    const int y = place.at.y * PY + i;
    if (m < push.pixels && y < out_rows) {
      const int index = quad * push.out_plane + (place.n * out_rows + y) * push.out_w + place.at.z;
      vec4 v = sum[i];
      if (kResidual) v += LOAD3(index);
      STORE(index, ZeroPaddedChannels(Epilogue(v), quad));
    }
  }
}
