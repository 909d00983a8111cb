// Places in a kC4 tensor for kernels that number the vec4s of their output (include/flat.glsl): quad by quad, and in a quad pixel
// by pixel. The push constants hold `pixels` and its divider.

// Channel quad and pixel of vec4 i.
ivec2 QuadAndPixel(int i, int pixels, uint multiplier, int shift) {
  const int quad = FastDivide(i, multiplier, shift);
  return ivec2(quad, i - quad * pixels);
}

// Channels past the last are 0 in every kC4 tensor, whatever the operator makes of 0.
ivec4 MaskChannels(ivec4 v, int quad, int channels) {
  return v * ivec4(lessThan(4 * quad + ivec4(0, 1, 2, 3), ivec4(channels)));
}
vec4 MaskChannels(vec4 v, int quad, int channels) {
  return mix(vec4(0), v, lessThan(4 * quad + ivec4(0, 1, 2, 3), ivec4(channels)));
}
