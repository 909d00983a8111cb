// Push constants of the convolution kernels, mirrored by ConvPush in compute/ops/conv/conv_push.h. Sizes are in pixels,
// planes in vec4s. Packed fields hold three numbers of 10 bits, D highest.
layout(push_constant) uniform Push {
  BASES
  int pixels;                        // rows of the matrix product: N * D * H * W of the grid
  int in_d, in_h, in_w;
  int in_quads, in_plane;            // quads: of one group
  int out_d, out_h, out_w;
  int out_channels, out_plane;       // channels: of one group
  int kernel_d, kernel_h, kernel_w;
  int pad_d, pad_h, pad_w;           // before the first pixel
  int strides, dilations;            // packed
  float low, high, slope;            // include/epilogue.glsl
  uint row_multiplier, slice_multiplier, image_multiplier;  // divide by W, H*W, D*H*W of the grid
  int divider_shifts;                // packed: image, slice, row
  int weights_z;                     // vec4s of weights between groups or phases
  int first_pixel;                   // where in the grid the dispatch starts
} push;

ivec3 Unpack(int packed) { return ivec3(packed >> 20, (packed >> 10) & 1023, packed & 1023); }

struct Place {
  int n;
  ivec3 at;  // d, h, w
};

// Place m of a grid of N images of `grid` pixels; surplus invocations repeat the last one.
Place GridPlace(int m, ivec3 grid) {
  const ivec3 shifts = Unpack(push.divider_shifts);
  m = min(m, push.pixels - 1);
  Place place;
  place.n = FastDivide(m, push.image_multiplier, shifts.x);
  m -= place.n * grid.x * grid.y * grid.z;
  place.at.x = FastDivide(m, push.slice_multiplier, shifts.y);
  m -= place.at.x * grid.y * grid.z;
  place.at.y = FastDivide(m, push.row_multiplier, shifts.z);
  place.at.z = m - place.at.y * grid.z;
  return place;
}

ivec3 OutSize() { return ivec3(push.out_d, push.out_h, push.out_w); }
ivec3 InSize() { return ivec3(push.in_d, push.in_h, push.in_w); }
ivec3 KernelSize() { return ivec3(push.kernel_d, push.kernel_h, push.kernel_w); }
ivec3 Pads() { return ivec3(push.pad_d, push.pad_h, push.pad_w); }

bool IsInside(ivec3 at, ivec3 size) {
  return uint(at.x) < uint(size.x) && uint(at.y) < uint(size.y) && uint(at.z) < uint(size.z);
}

// Pixel `at` of image n in a tensor of images of `size`.
int PixelIndex(int n, ivec3 at, ivec3 size) { return ((n * size.x + at.x) * size.y + at.y) * size.z + at.z; }

// The channels of quad `quad` of a group that exist: what lies beyond is written as 0 whatever the activation makes of it.
vec4 ZeroPaddedChannels(vec4 v, int quad) {
  const ivec4 channel = quad * 4 + ivec4(0, 1, 2, 3);
  return mix(vec4(0), v, lessThan(channel, ivec4(push.out_channels)));
}
