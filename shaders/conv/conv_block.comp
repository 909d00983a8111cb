// Implicit-GEMM convolution by blocks in shared memory, for GPUs: a workgroup computes BM pixels x BN output channels, an
// invocation TM x TN of them. While it multiplies one block of BK channel quads it already fetches the next into registers.
// No subgroup operations, so any subgroup size will do. y = act(conv(x) + bias + residual).
//
// Macros: BM, BN, BK   block: pixels, output channels, channel quads of a stage (BM divides the workgroup's size)
//         TM, TN       tile of an invocation (TN a multiple of 4); the workgroup has BM / TM * BN / TN invocations
// Inputs, up-convolution phases: as conv_rt.comp with TN = BN; workgroup (x, y, z) = (pixel block, channel block, group or phase).
//
// With kSplits > 1 the stages are dealt out to kSplits workgroups each, z = group * kSplits + split, and the output is their
// plain sums: [split][quads of all groups][plane]. conv_join.comp adds them up and ends the layer.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const bool kPointwise = false;  // 1x1, stride 1, no padding: input pixel = output pixel
layout(constant_id = 2) const bool kResidual = false;
layout(constant_id = 3) const bool kUpconv = false;
layout(constant_id = 4) const int kSmooth = 0;
layout(constant_id = 5) const int kSplits = 1;
layout(constant_id = 6) const int kBuffers = 1;  // 2 where shared memory is large enough: one barrier a stage instead of two

#include "include/epilogue.glsl"

const int kThreads = BM / TM * (BN / TN);
const int kColumns = BM / TM;                 // invocations side by side along pixels
const int kRows = BN / TN;                    // and along channels
const int kLanes = kThreads / BM;             // channel quads that the workgroup loads at once
const int kPixelLoads = BM * BK / kThreads;   // of an invocation, a stage
const int kWeightLoads = (BN * BK + kThreads - 1) / kThreads;

shared vec4 pixel_block[kBuffers * BM * BK];
shared vec4 weight_block[kBuffers * BN * BK];

// A row of the product's inner dimension: a tap of the window and a channel quad. Past the last, tap.x is the kernel's depth.
struct InnerRow {
  ivec3 tap;
  int quad;
};

InnerRow RowAt(int k, ivec3 kernel) {
  InnerRow row;
  const int tap = k / push.in_quads;
  row.quad = k - tap * push.in_quads;
  row.tap = ivec3(tap / (kernel.y * kernel.z), tap / kernel.z % kernel.y, tap % kernel.z);
  return row;
}

void Advance(inout InnerRow row, ivec3 kernel) {
  row.quad += BK;
  while (row.quad >= push.in_quads) {
    row.quad -= push.in_quads;
    ++row.tap.z;
    if (row.tap.z == kernel.z) {
      row.tap.z = 0;
      ++row.tap.y;
    }
    if (row.tap.y == kernel.y) {
      row.tap.y = 0;
      ++row.tap.x;
    }
  }
}

void main() {
  const int thread = int(gl_LocalInvocationID.x);
  const int z = int(gl_WorkGroupID.z) / kSplits;
  const int split = int(gl_WorkGroupID.z) - z * kSplits;
  const int first_pixel = push.first_pixel + int(gl_WorkGroupID.x) * BM;
  const int channel_block = int(gl_WorkGroupID.y);
  const int group_quad = kUpconv ? 0 : z * ((push.out_channels + 3) >> 2);
  const int input_start = kUpconv ? 0 : z * push.in_quads * push.in_plane;

  ivec3 kernel = KernelSize(), grid = OutSize();
  ivec3 phase = ivec3(0), first_tap = -Pads();
  ivec3 grid_step = Unpack(push.strides), tap_step = Unpack(push.dilations);
  if (kUpconv) {
    const ivec3 stride = grid_step;
    phase = ivec3(z / (stride.z * stride.y), z / stride.z % stride.y, z % stride.z);
    grid = (grid + stride - 1) / stride;
    first_tap = (phase + Pads()) / stride;
    kernel = (kernel - (phase + Pads()) % stride + stride - 1) / stride;
    grid_step = ivec3(1);
    tap_step = ivec3(-1);
  }

  const int inner = kernel.x * kernel.y * kernel.z * push.in_quads;
  const int stages = (inner + BK - 1) / BK;
  const int stage_begin = stages * split / kSplits, stage_end = stages * (split + 1) / kSplits;
  const int weights_start = z * push.weights_z + channel_block * inner * BN;

  // Every load of an invocation is of one pixel; its rows lie kLanes apart.
  const int loaded_pixel = min(first_pixel + thread % BM, push.pixels - 1);
  Place place;
  place.n = 0;
  place.at = ivec3(0);
  if (!kPointwise) place = GridPlace(loaded_pixel, grid);
  const ivec3 corner = place.at * grid_step + first_tap;
  InnerRow rows[kPixelLoads];
  if (stage_begin < stage_end) {
    [[unroll]] for (int l = 0; l < kPixelLoads; ++l) rows[l] = RowAt(stage_begin * BK + thread / BM + l * kLanes, kernel);
  }

  vec4 pixels[kPixelLoads], weights[kWeightLoads];
#define FETCH_STAGE(stage)                                                                                    \
  [[unroll]] for (int l = 0; l < kPixelLoads; ++l) {                                                          \
    int index = kOutside;                                                                                     \
    if (rows[l].tap.x < kernel.x) {                                                                           \
      const ivec3 at = corner + rows[l].tap * tap_step;                                                       \
      const int plane = input_start + rows[l].quad * push.in_plane;                                           \
      if (kPointwise) index = plane + loaded_pixel;                                                           \
      else if (IsInside(at, InSize())) index = plane + PixelIndex(place.n, at, InSize());                     \
    }                                                                                                         \
    pixels[l] = LOAD0(index);                                                                                 \
    Advance(rows[l], kernel);                                                                                 \
  }                                                                                                           \
  [[unroll]] for (int l = 0; l < kWeightLoads; ++l) {                                                         \
    const int at = thread + l * kThreads;                                                                     \
    const int index = (stage) * (BK * BN) + at;                                                               \
    weights[l] = LOAD1(at < BN * BK && index < inner * BN ? weights_start + index : kOutside);                \
  }

  float sum[TM][TN];
  [[unroll]] for (int i = 0; i < TM; ++i)
    [[unroll]] for (int t = 0; t < TN; ++t) sum[i][t] = 0;

  const int column = thread % kColumns, row = thread / kColumns;
  int buffer_index = 0;
  if (stage_begin < stage_end) {
    FETCH_STAGE(stage_begin)
  }
  for (int stage = stage_begin; stage < stage_end; ++stage) {
    const int pixel_base = buffer_index * BM * BK, weight_base = buffer_index * BN * BK;
    [[unroll]] for (int l = 0; l < kPixelLoads; ++l) pixel_block[pixel_base + thread + l * kThreads] = pixels[l];
    [[unroll]] for (int l = 0; l < kWeightLoads; ++l) {
      const int at = thread + l * kThreads;
      if (at < BN * BK) weight_block[weight_base + at] = weights[l];
    }
    barrier();
    if (stage + 1 < stage_end) {
      FETCH_STAGE(stage + 1)
    }
    [[unroll]] for (int k = 0; k < BK; ++k) {
      vec4 a[TM];
      [[unroll]] for (int i = 0; i < TM; ++i) a[i] = pixel_block[pixel_base + k * BM + column + i * kColumns];
      [[unroll]] for (int t = 0; t < TN; ++t) {
        const vec4 w = weight_block[weight_base + k * BN + (t / 4 * kRows + row) * 4 + t % 4];
        [[unroll]] for (int i = 0; i < TM; ++i) {
          sum[i][t] = fma(a[i].x, w.x, sum[i][t]);
          sum[i][t] = fma(a[i].y, w.y, sum[i][t]);
          sum[i][t] = fma(a[i].z, w.z, sum[i][t]);
          sum[i][t] = fma(a[i].w, w.w, sum[i][t]);
        }
      }
    }
    // With two buffers nobody writes what others still read: the next barrier lies between.
    if (kBuffers == 1) barrier();
    else buffer_index ^= 1;
  }

  const int all_quads = int(gl_NumWorkGroups.z) / kSplits * ((push.out_channels + 3) >> 2);
  [[unroll]] for (int t = 0; t < TN; t += 4) {
    const int quad = channel_block * (BN / 4) + t / 4 * kRows + row;
    if (quad * 4 >= push.out_channels) continue;
    const int plane = (group_quad + quad) * push.out_plane;
    const vec4 bias = LOAD2(group_quad + quad);
    [[unroll]] for (int i = 0; i < TM; ++i) {
      const int m = first_pixel + column + i * kColumns;
      if (m >= push.pixels) continue;
      vec4 v = vec4(sum[i][t], sum[i][t + 1], sum[i][t + 2], sum[i][t + 3]);
      if (kSplits > 1) {
        STORE(split * all_quads * push.out_plane + plane + m, v);
        continue;
      }
      v += bias;
      if (kUpconv) {
        const Place target = GridPlace(m, grid);
        const ivec3 at = target.at * Unpack(push.strides) + phase;
        if (IsInside(at, OutSize())) {
          STORE(plane + PixelIndex(target.n, at, OutSize()), ZeroPaddedChannels(Epilogue(v), quad));
        }
      } else {
        if (kResidual) v += LOAD3(plane + m);
        STORE(plane + m, ZeroPaddedChannels(Epilogue(v), quad));
      }
    }
  }
}
