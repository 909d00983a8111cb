// DeformColumns: inputs 0 to 2 are x, offset and mask, all linear. One invocation a value.
#version 450
#extension GL_GOOGLE_include_directive : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int out_h, out_w;
  int taps;
  int kernel_w;
  int channels;
  uint multipliers[5];  // divide by W', H', the taps, the width of the kernel, the channels
  uint shifts;
  int channels_a_group;
  uint group_multiplier;
  int group_shift;
  int offset_group;
  int in_h, in_w;
  int stride_h, stride_w;
  int dilation_h, dilation_w;
  int pad_h, pad_w;
  int has_mask;
} push;

// Between the four pixels around (h, w) of the image that starts at `first`; zeros lie outside.
float Interpolate(int first, float h, float w) {
  if (!(h > -1 && w > -1 && h < float(push.in_h) && w < float(push.in_w))) return 0;
  const int top = int(floor(h));
  const int left = int(floor(w));
  float sum = 0;
  for (int i = top; i < top + 2; ++i) {
    for (int k = left; k < left + 2; ++k) {
      const float weight = (1 - abs(h - float(i))) * (1 - abs(w - float(k)));
      // A neighbour without weight is not read: it may be infinite.
      if (i < 0 || k < 0 || i >= push.in_h || k >= push.in_w || weight == 0) continue;
      sum += weight * LOADF0(first + i * push.in_w + k);
    }
  }
  return sum;
}

void main() {
  const int index = FlatIndex();
  if (uint(index) >= uint(push.count)) return;
  const int row = DIVIDE(index, 0);
  const int plane = DIVIDE(row, 1);
  const int image = DIVIDE(plane, 2);
  const int j = index - row * push.out_w;
  const int i = row - plane * push.out_h;
  const int k = plane - image * push.taps;
  const int n = DIVIDE(image, 4);
  const int g = FastDivide(image - n * push.channels, push.group_multiplier, push.group_shift);
  const int pixels = push.out_h * push.out_w;
  const int field = ((n * push.offset_group + g) * push.taps + k) * pixels;
  const int pixel = i * push.out_w + j;

  const int kernel_row = DIVIDE(k, 3);
  const int h = i * push.stride_h - push.pad_h + kernel_row * push.dilation_h;
  const int w = j * push.stride_w - push.pad_w + (k - kernel_row * push.kernel_w) * push.dilation_w;
  float value = Interpolate(image * push.in_h * push.in_w, float(h) + LOADF1(2 * field + pixel),
                            float(w) + LOADF1(2 * field + pixels + pixel));
  if (push.has_mask != 0) value *= LOADF2(field + pixel);
  output_floats[index] = value;
}
