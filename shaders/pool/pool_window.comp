// Max and average pooling over a small window of an image, undilated: the window is unrolled, so that a tap costs its load and a
// comparison or addition. One invocation a pixel of a channel quad. Every window must touch the image.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(constant_id = 1) const bool kMax = true;
layout(constant_id = 2) const int kHeight = 2;
layout(constant_id = 3) const int kWidth = 2;

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  int in_plane, out_plane;
  int in_h, in_w;
  int out_h, out_w;
  uint multipliers[3];  // divide by all pixels, by H * W and by W
  uint shifts;          // five bits each
  int stride_h, stride_w;
  int pad_h, pad_w;
  int counted_h, counted_w;  // a tap counts for the average's divisor below this coordinate
  int count_begin;           // not 0: taps in the leading pad count too
} push;

// How many taps of a window that starts at `first` count.
int Counted(int first, int extent, int counted) {
  return min(first + extent, counted) - (push.count_begin != 0 ? first : max(first, 0));
}

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.pixels;
  const int n = DIVIDE(m, 1);
  const int ny = DIVIDE(m, 2);
  const int y = (ny - n * push.out_h) * push.stride_h - push.pad_h;
  const int x = (m - ny * push.out_w) * push.stride_w - push.pad_w;
  const int image = quad * push.in_plane + n * push.in_h * push.in_w;

  vec4 result = vec4(kMax ? uintBitsToFloat(0xff800000u) : 0.0);  // minus infinity
  [[unroll]] for (int ky = 0; ky < kHeight; ++ky) {
    // A maximum may see a pixel of its window twice: what lies outside is the nearest pixel inside.
    const int row = image + clamp(y + ky, 0, push.in_h - 1) * push.in_w;
    const bool row_inside = uint(y + ky) < uint(push.in_h);
    [[unroll]] for (int kx = 0; kx < kWidth; ++kx) {
      if (kMax) {
        const vec4 v = LOAD0(row + clamp(x + kx, 0, push.in_w - 1));
        result = mix(result, v, greaterThan(v, result));
      } else {
        result += LOAD0(row_inside && uint(x + kx) < uint(push.in_w) ? row + x + kx : kOutside);
      }
    }
  }
  if (!kMax) result /= float(Counted(y, kHeight, push.counted_h) * Counted(x, kWidth, push.counted_w));
  STORE(quad * push.out_plane + m, result);
}
