// Max, average and Lp pooling over a window of any kernel, stride, pad and dilation in three dimensions. One invocation a pixel of
// a channel quad. The variant INDICES writes where the maxima stand in the flattened input.
#version 450
#extension GL_GOOGLE_include_directive : require
#ifdef INDICES
#define OUTPUT_INTS
#endif
#include "include/tensor.glsl"
#include "include/flat.glsl"
#include "include/channels.glsl"

layout(constant_id = 1) const int kKind = 0;  // the order of PoolKind in compute/ops/pool/pool.h
layout(constant_id = 2) const int kPower = 2;
layout(constant_id = 3) const bool kColumnMajor = false;
const int kAverage = 1;
const int kLp = 2;
const bool kMax = kKind == 0;

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  int in_plane;
  int out_plane;
  int in_size[3];  // D, H, W
  int out_size[3];
  uint multipliers[4];  // divide by all pixels, by D * H * W, by H * W and by W
  uint shifts;          // five bits each
  uint taps[3];         // kernel extent, and dilation in bits 16 and up
  int strides[3];
  int pads_begin[3];
  int counted[3];   // a tap counts for the average's divisor below this coordinate
#ifdef INDICES
  int channels;
#else
  int count_begin;  // not 0: taps in the leading pad count too
#endif
} push;

#ifdef INDICES

void Write(int address, ivec4 place, int image, int n, int quad) {
  for (int lane = 0; lane < 4; ++lane) {
    const int channel = 4 * quad + lane;
    const int index = (n * push.channels + channel) * image + place[lane];
    output_ints[4 * address + lane] = channel < push.channels ? index : 0;
  }
}

#endif

vec4 Term(vec4 v) { return kKind == kLp ? pow(abs(v), vec4(kPower)) : v; }

ivec3 Vector(int values[3]) { return ivec3(values[0], values[1], values[2]); }

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.pixels;
  const int n = DIVIDE(m, 1);
  const int nz = DIVIDE(m, 2);
  const int nzy = DIVIDE(m, 3);
  const ivec3 place = ivec3(nz - n * push.out_size[0], nzy - nz * push.out_size[1], m - nzy * push.out_size[2]);

  const ivec3 in_size = Vector(push.in_size);
  const ivec3 first = place * Vector(push.strides) - Vector(push.pads_begin);
  const ivec3 kernel = ivec3(push.taps[0] & 0xffffu, push.taps[1] & 0xffffu, push.taps[2] & 0xffffu);
  const ivec3 dilation = ivec3(push.taps[0] >> 16, push.taps[1] >> 16, push.taps[2] >> 16);
#ifdef INDICES
  const bool count_begin = false;
  ivec4 place_of_max = ivec4(-1);
#else
  const bool count_begin = push.count_begin != 0;
#endif

  const vec4 lowest = vec4(uintBitsToFloat(0xff800000u));  // minus infinity
  vec4 result = vec4(kMax ? lowest.x : 0.0);
  int divisor = 0;
  ivec3 at = first;
  for (int z = 0; z < kernel.x; ++z) {
    at.y = first.y;
    for (int y = 0; y < kernel.y; ++y) {
      at.z = first.z;
      const int row = quad * push.in_plane + ((n * in_size.x + at.x) * in_size.y + at.y) * in_size.z;
      const bool row_inside = uint(at.x) < uint(in_size.x) && uint(at.y) < uint(in_size.y);
      const bool row_counts = at.x < push.counted[0] && at.y < push.counted[1] && (count_begin || row_inside);
      for (int x = 0; x < kernel.z; ++x) {
        const bool inside = row_inside && uint(at.z) < uint(in_size.z);
        const vec4 v = LOAD0(inside ? row + at.z : kOutside);
        if (kMax) {
          const vec4 candidate = mix(lowest, v, bvec4(inside));
          const bvec4 larger = greaterThan(candidate, result);
          result = mix(result, candidate, larger);
#ifdef INDICES
          const int index = kColumnMajor ? (at.z * in_size.y + at.y) * in_size.x + at.x
                                         : (at.x * in_size.y + at.y) * in_size.z + at.z;
          for (int lane = 0; lane < 4; ++lane) {
            if (inside && (larger[lane] || place_of_max[lane] < 0)) place_of_max[lane] = index;
          }
#endif
        } else {
          result += Term(v);
          divisor += int(row_counts && at.z < push.counted[2] && (count_begin || inside));
        }
        at.z += dilation.z;
      }
      at.y += dilation.y;
    }
    at.x += dilation.x;
  }
#ifdef INDICES
  Write(quad * push.out_plane + m, place_of_max, in_size.x * in_size.y * in_size.z, n, quad);
#else
  if (kKind == kAverage) result /= float(divisor);
  if (kKind == kLp) result = pow(result, vec4(1.0 / float(kPower)));
  STORE(quad * push.out_plane + m, result);
#endif
}
