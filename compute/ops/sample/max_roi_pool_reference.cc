#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "compute/base/checked.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// Pixels [first, end) of bin i of a box along one dimension of the image.
struct Bin {
  int64_t first;
  int64_t end;
};

// A corner in whole pixels, halves away from zero.
int64_t CornerOf(float place, float scale) {
  const float most = kMaxRoiCorner;
  return std::isnan(place) ? 0 : std::llround(std::clamp(place * scale, -most, most));
}

Bin BinOf(int64_t low, int64_t high, int64_t i, int64_t bins, int64_t extent) {
  const int64_t size = std::max<int64_t>(high - low + 1, 1);
  const int64_t first = low + i * size / bins;
  const int64_t end = low + DivideUp((i + 1) * size, bins);
  return {std::clamp<int64_t>(first, 0, extent), std::clamp<int64_t>(end, 0, extent)};
}

float Most(const float* image, int64_t width, const Bin& rows, const Bin& columns) {
  if (rows.first >= rows.end || columns.first >= columns.end) return 0;
  float most = -std::numeric_limits<float>::infinity();
  for (int64_t y = rows.first; y < rows.end; ++y) {
    for (int64_t x = columns.first; x < columns.end; ++x) {
      most = std::max(most, image[y * width + x]);
    }
  }
  return most;
}

}  // namespace

void RunReference(const MaxRoiPoolParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& x = inputs[0].spec.shape;
  float* y = outputs[0].data<float>().data();
  for (int64_t r = 0; r < inputs[1].spec.shape[0]; ++r) {
    const float* roi = inputs[1].data<float>().data() + 5 * r;
    const bool exists = roi[0] >= 0 && roi[0] < static_cast<float>(x[0]);
    const int64_t n = exists ? static_cast<int64_t>(roi[0]) : 0;
    std::array<int64_t, 4> corners;  // x1, y1, x2, y2
    for (size_t k = 0; k < 4; ++k) corners[k] = CornerOf(roi[k + 1], params.spatial_scale);
    for (int64_t c = 0; c < x[1]; ++c) {
      const float* image = inputs[0].data<float>().data() + (n * x[1] + c) * x[2] * x[3];
      for (int64_t i = 0; i < params.output_height; ++i) {
        const Bin rows = BinOf(corners[1], corners[3], i, params.output_height, x[2]);
        for (int64_t k = 0; k < params.output_width; ++k) {
          const Bin columns = BinOf(corners[0], corners[2], k, params.output_width, x[3]);
          *y++ = exists ? Most(image, x[3], rows, columns) : 0;
        }
      }
    }
  }
}

}  // namespace convoy::compute
