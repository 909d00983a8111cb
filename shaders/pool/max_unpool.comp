// Maxima back in their places. Inputs 0 and 1: maxima and places (int32 words), both kC4. One invocation a pixel of a channel quad
// of the output, which asks every window that covers it.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int pixels;
  int channels;
  int x_plane;
  int index_plane;
  int out_plane;
  int in_size[3];  // D, H, W
  int out_size[3];
  uint multipliers[4];  // divide by all pixels, by D * H * W, by H * W and by W
  uint shifts;
  int kernel[3];
  int strides[3];
  int pads_begin[3];
} push;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int quad = DIVIDE(i, 0);
  const int m = i - quad * push.pixels;
  const int n = DIVIDE(m, 1);
  const int nz = DIVIDE(m, 2);
  const int nzy = DIVIDE(m, 3);
  const int place[3] = {nz - n * push.out_size[0], nzy - nz * push.out_size[1], m - nzy * push.out_size[2]};

  // Windows begin..end - 1 along an axis cover the pixel.
  int begin[3];
  int end[3];
  for (int axis = 0; axis < 3; ++axis) {
    const int padded = place[axis] + push.pads_begin[axis];
    begin[axis] = max(padded - push.kernel[axis] + push.strides[axis], 0) / push.strides[axis];
    end[axis] = min(padded / push.strides[axis] + 1, push.in_size[axis]);
  }
  const int image = push.out_size[0] * push.out_size[1] * push.out_size[2];
  const ivec4 own = (n * push.channels + 4 * quad + ivec4(0, 1, 2, 3)) * image + m - n * image;
  vec4 result = vec4(0);
  for (int z = begin[0]; z < end[0]; ++z) {
    for (int y = begin[1]; y < end[1]; ++y) {
      for (int x = begin[2]; x < end[2]; ++x) {
        const int source = ((n * push.in_size[0] + z) * push.in_size[1] + y) * push.in_size[2] + x;
        const ivec4 index = floatBitsToInt(LOAD1(quad * push.index_plane + source));
        result = mix(result, LOAD0(quad * push.x_plane + source), equal(index, own));
      }
    }
  }
  STORE(quad * push.out_plane + m, result);
}
