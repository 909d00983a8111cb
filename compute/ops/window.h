// Sliding windows over the spatial dimensions: what convolution, up-convolution and pooling share.
//
// One, two and three spatial dimensions are one case: 1-D is 3-D with D = H = 1, 2-D with D = 1.
// Every array is in the order D, H, W, so a 1-D kernel of 5 is {1, 1, 5}. Attribute names are
// ONNX's.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/tensor/shape.h"

namespace convoy::compute {

using Spatial = std::array<int64_t, 3>;  // D, H, W

struct Window {
  int rank = 2;  // spatial dimensions of the tensor: 1, 2 or 3; its shape has 2 more (N, C)
  Spatial kernel{1, 1, 1};
  Spatial strides{1, 1, 1};
  Spatial dilations{1, 1, 1};
  Spatial pads_begin{0, 0, 0};
  Spatial pads_end{0, 0, 0};

  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
  // Extent of the dilated kernel along `axis` (0 = D).
  int64_t extent(int axis) const { return dilations[axis] * (kernel[axis] - 1) + 1; }
  bool padded() const;
  // "kernel=3x3 stride=2x2 pads=1,1,1,1 dilation=2x2" in the tensor's own rank; defaults are left
  // out.
  std::string ToString() const;

  friend bool operator==(const Window&, const Window&) = default;
};

// A tensor [N, C, spatial...] of rank 3 to 5 seen as N, C, D, H, W.
struct ImageDims {
  int64_t n = 1, c = 1;
  Spatial size{1, 1, 1};

  int64_t pixels() const { return size[0] * size[1] * size[2]; }  // of one channel
};
ImageDims ImageDimsOf(const Shape& shape);
// The inverse: [n, c] followed by the last `rank` extents.
Shape ImageShape(const ImageDims& dims, int rank);

// Kernel, strides and dilations must be positive, pads not negative, all at most kMaxWindowExtent;
// `shape` must have window.rank + 2 dimensions. INVALID_ARGUMENT names the attribute, the value and
// the limit.
inline constexpr int64_t kMaxWindowExtent = 1 << 15;
absl::Status ValidateWindow(const Window& window, const Shape& shape);

// [n, channels] and the places where a window of an operator `op` lies inside the padded image; a
// kernel larger than that is INVALID_ARGUMENT.
absl::StatusOr<Shape> SlideWindow(std::string_view op, const Window& window, const ImageDims& x,
                                  int64_t channels);

}  // namespace convoy::compute
