#include <array>

#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

using Taps = absl::InlinedVector<AxisTap, 4>;

// The taps along D, H and W at one entry of the grid, which names them innermost first.
std::array<Taps, 3> TapsAt(const GridSampleParams& params, std::span<const float> place,
                           std::span<const int64_t> extents) {
  std::array<Taps, 3> taps{Taps{AxisTap{}}, Taps{AxisTap{}}, Taps{AxisTap{}}};
  for (size_t i = 0; i < place.size(); ++i)
    taps[2 - i] = GridTaps(params, place[i], extents[2 - i]);
  return taps;
}

double Mix(std::span<const float> image, const std::array<Taps, 3>& taps,
           std::span<const int64_t> extents) {
  double sum = 0;
  for (const AxisTap& z : taps[0]) {
    for (const AxisTap& y : taps[1]) {
      for (const AxisTap& x : taps[2]) {
        const int64_t offset = (z.index * extents[1] + y.index) * extents[2] + x.index;
        sum += double{z.weight} * y.weight * x.weight * image[static_cast<size_t>(offset)];
      }
    }
  }
  return sum;
}

}  // namespace

void RunReference(const GridSampleParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& shape = inputs[0].spec.shape;
  const std::span<const float> x = inputs[0].data<float>();
  const std::span<const float> grid = inputs[1].data<float>();
  const std::span<float> y = outputs[0].data<float>();
  const size_t rank = static_cast<size_t>(shape.rank()) - 2;
  std::array<int64_t, 3> extents{1, 1, 1};
  for (size_t i = 0; i < rank; ++i) extents[3 - rank + i] = shape[static_cast<int>(i) + 2];
  const int64_t image = extents[0] * extents[1] * extents[2];
  const int64_t places = inputs[1].spec.elements() / static_cast<int64_t>(rank) / shape[0];
  for (int64_t n = 0; n < shape[0]; ++n) {
    for (int64_t i = 0; i < places; ++i) {
      const auto at = static_cast<size_t>(n * places + i) * rank;
      const std::array<Taps, 3> taps = TapsAt(params, grid.subspan(at, rank), extents);
      for (int64_t c = n * shape[1]; c < (n + 1) * shape[1]; ++c) {
        y[c * places + i] = static_cast<float>(Mix(x.subspan(c * image, image), taps, extents));
      }
    }
  }
}

}  // namespace convoy::compute
