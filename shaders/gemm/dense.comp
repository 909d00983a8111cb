// Fully connected layer for a small batch: one lane = one output channel, up to ROWS rows in registers, so that the weights (the
// traffic that matters) stream through once; of more rows, ROWS a workgroup along y. One subgroup a workgroup where SPREAD (see
// conv_rt.comp) is used.
// Inputs: x [rows][K] floats; weights [ceil(N/local)][ceil(K/4)][local] vec4; bias. Output [rows][N] floats.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#ifdef SPREAD
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_shuffle : require
#endif
#define OUTPUT_FLOATS
#include "include/tensor.glsl"

layout(constant_id = 1) const int kSubgroup = 16;
layout(constant_id = 2) const bool kAligned = false;
layout(constant_id = 3) const int kSmooth = 0;

#include "gemm/dense_push.glsl"

void main() {
  const int local = int(gl_WorkGroupSize.x);
  const int lane = int(gl_LocalInvocationID.x);
  const int channel = int(gl_WorkGroupID.x) * local + lane;
  const int first_row = int(gl_WorkGroupID.y) * ROWS;
  const int quads = (push.inner + 3) >> 2;

  float sum[ROWS];
  [[unroll]] for (int n = 0; n < ROWS; ++n) sum[n] = 0;

  int weight = int(gl_WorkGroupID.x) * quads * local + lane;
#ifdef SPREAD
  // Each turn takes as many quads as the subgroup has lanes: lane l fetches quad (turn + l) of every row.
  for (int turn = 0; turn < quads; turn += kSubgroup) {
    vec4 x[ROWS];
    [[unroll]] for (int n = 0; n < ROWS; ++n) x[n] = Row(first_row + n, turn + lane);
    [[unroll]] for (int k = 0; k < kSubgroup; ++k) {
      const vec4 w = LOAD1(turn + k < quads ? weight : kOutside);
      weight += local;
      [[unroll]] for (int n = 0; n < ROWS; ++n) sum[n] += dot(w, SPREAD(x[n], k));
    }
  }
#else
  for (int quad = 0; quad < quads; ++quad) {
    const vec4 w = LOAD1(weight);
    weight += local;
    [[unroll]] for (int n = 0; n < ROWS; ++n) sum[n] += dot(w, Row(first_row + n, quad));
  }
#endif

  if (channel >= push.outer) return;
  const float bias = LOADF2(channel);
  [[unroll]] for (int n = 0; n < ROWS; ++n) {
    const int row = first_row + n;
    if (row < push.rows) output_floats[row * push.outer + channel] = Epilogue(vec4(sum[n] + bias)).x;
  }
}
