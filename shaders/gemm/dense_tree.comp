// Fully connected layer for a small batch on GPUs: a workgroup computes 16 output channels of up to ROWS rows. Its invocations
// share out the inner dimension and add up in shared memory, in an order that is always the same: a layer of few outputs keeps
// many invocations busy, and the weights stream through once, side by side. No subgroup operations.
// Inputs: x [rows][K] floats; weights [ceil(N/16)][ceil(K/4)][16] vec4; bias. Output [rows][N] floats.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"

layout(constant_id = 1) const bool kAligned = false;
layout(constant_id = 2) const int kSmooth = 0;

#include "gemm/dense_push.glsl"

const int kThreads = 128;  // the workgroup's size; every device allows it
const int kChannels = 16;
const int kLanes = kThreads / kChannels;

shared float partial[ROWS * kThreads];

void main() {
  const int thread = int(gl_LocalInvocationID.x);
  const int lane = thread / kChannels;
  const int quads = (push.inner + 3) >> 2;
  const int weights_start = int(gl_WorkGroupID.x) * quads * kChannels + thread % kChannels;

  float sum[ROWS];
  [[unroll]] for (int n = 0; n < ROWS; ++n) sum[n] = 0;
  for (int quad = lane; quad < quads; quad += kLanes) {
    const vec4 w = LOAD1(weights_start + quad * kChannels);
    [[unroll]] for (int n = 0; n < ROWS; ++n) sum[n] += dot(w, Row(n, quad));
  }
  [[unroll]] for (int n = 0; n < ROWS; ++n) partial[n * kThreads + thread] = sum[n];
  barrier();
  for (int step = kLanes / 2; step > 0; step /= 2) {
    if (lane < step) {
      [[unroll]] for (int n = 0; n < ROWS; ++n) partial[n * kThreads + thread] += partial[n * kThreads + thread + step * kChannels];
    }
    barrier();
  }

  const int row = lane;  // now an invocation is one output
  const int channel = int(gl_WorkGroupID.x) * kChannels + thread % kChannels;
  if (row >= min(ROWS, push.rows) || channel >= push.outer) return;
  const float v = partial[row * kThreads + thread % kChannels] + LOADF2(channel);
  output_floats[row * push.outer + channel] = Epilogue(vec4(v)).x;
}
