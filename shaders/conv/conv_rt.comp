// Implicit-GEMM convolution with a register tile: no shared memory, no barrier. y = act(conv(x) + bias + residual).
// One invocation computes PX pixels x TN output channels; workgroup (x, y, z) = (pixel tile, channel tile, group or phase).
//
// Macros: PX, TN   tile shape (TN a multiple of 4)
//         SPREAD   each lane loads the weights of one output channel and SPREAD(vec4, lane), subgroupShuffle or
//                  subgroupBroadcast, hands them round; undefined: every lane loads every weight from a uniform address.
//                  Which is fast depends on the driver (Mesa 22.3 shuffle, Mesa 25 broadcast, 4 times each).
// Inputs: x (kC4); weights [z][ceil(M/TN)][taps][quads][TN] vec4, one vec4 = four input channels; bias [M]; residual as y.
//
// An up-convolution of stride s is s ordinary ones along each axis, one a phase (z): output pixel (q*s + p) sees only the taps
// k = r + s*t, r = (p + pad) mod s, of input pixel q + (p + pad) / s - t. No multiply is wasted and nothing overlaps.
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

layout(constant_id = 1) const int kSubgroup = 16;       // the device's subgroup size (used by SPREAD)
layout(constant_id = 2) const bool kPointwise = false;  // 1x1, stride 1, no padding: input pixel = output pixel
layout(constant_id = 3) const bool kResidual = false;
layout(constant_id = 4) const bool kUpconv = false;
layout(constant_id = 5) const bool kGuard = false;      // the tile is wider than the slack of a plane
layout(constant_id = 6) const int kSmooth = 0;

#include "include/epilogue.glsl"

#ifdef SPREAD
const int kWeightLoads = (TN + kSubgroup - 1) / kSubgroup;
#endif

// The innermost loads take an address, not an index: with texel loads the base is in it and 0 is the block of zeros; with
// storage buffers what lies outside is loaded from the tensor's start and masked.
#ifdef LOAD_TEXEL
#define FETCH(address, inside) FETCH0(address)
#define BASE0 push.base0
#define BASE1 push.base1
#else
#define FETCH(address, inside) mix(vec4(0), FETCH0(address), bvec4(inside))
#define BASE0 0
#define BASE1 0
#endif

void main() {
  const int spacing = int(gl_WorkGroupSize.x);
  const int first_pixel = push.first_pixel + int(gl_WorkGroupID.x) * spacing * PX + int(gl_LocalInvocationID.x);
  const int channel_tile = int(gl_WorkGroupID.y);
  const int z = int(gl_WorkGroupID.z);
  const int group_quad = kUpconv ? 0 : z * ((push.out_channels + 3) >> 2);
  const int input_start = BASE0 + (kUpconv ? 0 : z * push.in_quads * push.in_plane);

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

  Place place[PX];
  if (!kPointwise) {
    [[unroll]] for (int i = 0; i < PX; ++i) place[i] = GridPlace(first_pixel + i * spacing, grid);
  }

  float sum[PX][TN];
  [[unroll]] for (int i = 0; i < PX; ++i)
    [[unroll]] for (int t = 0; t < TN; ++t) sum[i][t] = 0;

  int weight = BASE1 + z * push.weights_z + channel_tile * kernel.x * kernel.y * kernel.z * push.in_quads * TN;
#ifdef SPREAD
  weight += int(gl_LocalInvocationID.x) % kSubgroup;
#endif

  for (int kz = 0; kz < kernel.x; ++kz)
  for (int ky = 0; ky < kernel.y; ++ky)
  for (int kx = 0; kx < kernel.z; ++kx) {
    int address[PX], step[PX];
    bool inside[PX];
    [[unroll]] for (int i = 0; i < PX; ++i) {
      if (kPointwise) {
        const int m = first_pixel + i * spacing;
        inside[i] = true;
        address[i] = input_start + (kGuard ? min(m, push.pixels - 1) : m);
        step[i] = push.in_plane;
      } else {
        const ivec3 at = place[i].at * grid_step + first_tap + ivec3(kz, ky, kx) * tap_step;
        inside[i] = IsInside(at, InSize());
        address[i] = inside[i] ? input_start + PixelIndex(place[i].n, at, InSize()) : 0;
        step[i] = inside[i] ? push.in_plane : 0;
      }
    }
    for (int quad = 0; quad < push.in_quads; ++quad) {
      vec4 a[PX];
      [[unroll]] for (int i = 0; i < PX; ++i) {
        a[i] = FETCH(address[i], inside[i]);
        address[i] += step[i];
      }
#ifdef SPREAD
      vec4 loaded[kWeightLoads];
      [[unroll]] for (int u = 0; u < kWeightLoads; ++u) loaded[u] = FETCH1(weight + u * kSubgroup);
#endif
      [[unroll]] for (int t = 0; t < TN; ++t) {
#ifdef SPREAD
        const vec4 w = SPREAD(loaded[t / kSubgroup], t % kSubgroup);
#else
        const vec4 w = FETCH1(weight + t);
#endif
        [[unroll]] for (int i = 0; i < PX; ++i) {
          sum[i][t] = fma(a[i].x, w.x, sum[i][t]);
          sum[i][t] = fma(a[i].y, w.y, sum[i][t]);
          sum[i][t] = fma(a[i].z, w.z, sum[i][t]);
          sum[i][t] = fma(a[i].w, w.w, sum[i][t]);
        }
      }
      weight += TN;
    }
  }

  [[unroll]] for (int t = 0; t < TN; t += 4) {
    const int quad = channel_tile * (TN / 4) + t / 4;
    if (quad * 4 < push.out_channels) {  // the whole workgroup agrees
      const vec4 bias = LOAD2(group_quad + quad);
      [[unroll]] for (int i = 0; i < PX; ++i) {
        const int m = first_pixel + i * spacing;
        vec4 v = vec4(sum[i][t], sum[i][t + 1], sum[i][t + 2], sum[i][t + 3]) + bias;
        int index = (group_quad + quad) * push.out_plane;
        if (kUpconv) {
          const ivec3 at = place[i].at * Unpack(push.strides) + phase;
          if (m < push.pixels && IsInside(at, OutSize())) {
            STORE(index + PixelIndex(place[i].n, at, OutSize()), ZeroPaddedChannels(Epilogue(v), quad));
          }
        } else if (!kGuard || m < push.pixels) {  // unguarded, surplus pixels land in the slack of their own plane
          index += m;
          if (kResidual) v += LOAD3(index);
          STORE(index, ZeroPaddedChannels(Epilogue(v), quad));
        }
      }
    }
  }
}
