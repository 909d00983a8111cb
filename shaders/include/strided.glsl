// Walks two tensors of up to six dimensions at once, each with its own strides (mirrors StridedPush in
// compute/ops/strided_vulkan.h). Dimension 0 is the outermost; its extent is not needed.
#define STRIDED_WALK                                                                                \
  int count;                                                                                        \
  int extents[5];         /* of dimensions 1 to 5 */                                                \
  uint multipliers[5];    /* and their dividers (DIVIDE) */                                         \
  uint shifts;                                                                                      \
  int strides0[6];                                                                                  \
  int strides1[6];

// What index i of the walk adds to the addresses of both tensors.
#define STRIDED_OFFSETS                                                                             \
  ivec2 StridedOffsets(int i) {                                                                     \
    ivec2 offsets = ivec2(0);                                                                       \
    for (int k = 4; k >= 0; --k) {                                                                  \
      const int rest = DIVIDE(i, k);                                                                \
      offsets += (i - rest * push.extents[k]) * ivec2(push.strides0[k + 1], push.strides1[k + 1]);  \
      i = rest;                                                                                     \
    }                                                                                               \
    return offsets + i * ivec2(push.strides0[0], push.strides1[0]);                                 \
  }
