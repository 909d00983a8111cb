// Convolution of few channels that lie row by row, as a plan is given its image: [N][C][H][W] floats, W a multiple of 4. In channel
// quads an image of one or three channels is padded to four and read pixel by pixel; here a vec4 is four pixels of a row, and one
// invocation computes four neighbouring pixels of TN output channels, so that a row of taps costs a few loads and no product is
// wasted. The grid counts strips of four pixels: out_w of it is ceil(W / 4), in_plane holds the row's W, in_quads the channels.
// Inputs: x (linear); weights [ceil(M/TN)][C][kernel rows][kernel columns][TN/4] vec4 of four output channels; bias; residual as y.
// Macros: TN; SPREAD as in conv_rt.comp.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "include/tensor.glsl"
#include "conv/conv_push.glsl"

layout(constant_id = 1) const int kSubgroup = 16;
layout(constant_id = 2) const int kKernel = 3;  // along a row, as all of these
layout(constant_id = 3) const int kStride = 1;
layout(constant_id = 4) const int kPad = 0;
layout(constant_id = 5) const bool kResidual = false;
layout(constant_id = 6) const int kSmooth = 0;

#include "include/epilogue.glsl"

const int kPixels = 4;
const int kQuads = TN / 4;
const int kLead = (kPad + 3) / 4;         // vec4s before the strip's own first
const int kShift = kLead * 4 - kPad;      // floats of the first vec4 before the first tap
const int kLoads = (kShift + (kPixels - 1) * kStride + kKernel + 3) / 4;
const int kWeights = kKernel * kQuads;    // vec4s of a row of taps
const int kWeightLoads = (kWeights + kSubgroup - 1) / kSubgroup;

void main() {
  const int m = push.first_pixel + int(gl_GlobalInvocationID.x);
  const int tile = int(gl_WorkGroupID.y);
  const Place place = GridPlace(m, OutSize());
  const int channels = push.in_quads;
  const int row_vec4s = push.in_w >> 2;
  const int first_vec4 = place.at.z * kStride - kLead;
  const int first_y = place.at.y * Unpack(push.strides).y - push.pad_h;

  vec4 sum[kPixels][kQuads];
  [[unroll]] for (int i = 0; i < kPixels; ++i)
    [[unroll]] for (int t = 0; t < kQuads; ++t) sum[i][t] = vec4(0);

  int weight = tile * channels * push.kernel_h * kWeights + int(gl_LocalInvocationID.x) % kSubgroup;
  for (int c = 0; c < channels; ++c) {
    for (int ky = 0; ky < push.kernel_h; ++ky) {
      const int y = first_y + ky;
      const int row = ((place.n * channels + c) * push.in_h + y) * row_vec4s;
      vec4 x[kLoads];
      [[unroll]] for (int u = 0; u < kLoads; ++u) {
        const int at = first_vec4 + u;
        const bool inside = uint(y) < uint(push.in_h) && uint(at) < uint(row_vec4s);
        x[u] = LOAD0(inside ? row + at : kOutside);
      }
      vec4 loaded[kWeightLoads];
      [[unroll]] for (int u = 0; u < kWeightLoads; ++u) loaded[u] = LOAD1(weight + u * kSubgroup);
      weight += kWeights;
      [[unroll]] for (int kx = 0; kx < kKernel; ++kx) {
        [[unroll]] for (int t = 0; t < kQuads; ++t) {
          const int k = kx * kQuads + t;
          const vec4 w = SPREAD(loaded[k / kSubgroup], k % kSubgroup);
          [[unroll]] for (int i = 0; i < kPixels; ++i) {
            const int float_at = kShift + i * kStride + kx;
            sum[i][t] = fma(vec4(x[float_at / 4][float_at % 4]), w, sum[i][t]);
          }
        }
      }
    }
  }

  const int out_w = push.in_plane;
  const int pixel = (place.n * push.out_h + place.at.y) * out_w + place.at.z * kPixels;
  [[unroll]] for (int t = 0; t < kQuads; ++t) {
    const int quad = tile * kQuads + t;
    if (quad * 4 < push.out_channels) {  // the whole workgroup agrees
      const vec4 bias = LOAD2(quad);
      [[unroll]] for (int i = 0; i < kPixels; ++i) {
        if (m < push.pixels && place.at.z * kPixels + i < out_w) {
          const int index = quad * push.out_plane + pixel + i;
          vec4 v = sum[i][t] + bias;
          if (kResidual) v += LOAD3(index);
          STORE(index, ZeroPaddedChannels(Epilogue(v), quad));
        }
      }
    }
  }
}
