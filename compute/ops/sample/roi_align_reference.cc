#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "compute/ops/elements.h"
#include "compute/ops/op.h"

namespace convoy::compute {
namespace {

// A box along one dimension of the image, cut into bins.
struct Cut {
  float start;
  float bin;
  int64_t places;  // a bin
  int64_t extent;

  float PlaceOf(int64_t i, int64_t k) const {
    return start + static_cast<float>(i) * bin +
           (static_cast<float>(k) + 0.5F) * bin / static_cast<float>(places);
  }
};

Cut CutOf(const RoiAlignParams& params, float low, float high, int64_t bins, int64_t extent) {
  const float offset = params.half_pixel ? 0.5F : 0.0F;
  const float start = low * params.spatial_scale - offset;
  float size = high * params.spatial_scale - offset - start;
  if (!params.half_pixel) size = std::max(size, 1.0F);
  const float bin = size / static_cast<float>(bins);
  if (std::isnan(bin)) return {start, bin, 0, extent};
  const float wanted = std::clamp(std::ceil(bin * kRoiBinSlack), 0.0F, static_cast<float>(extent));
  const int64_t places = params.sampling_ratio > 0 ? params.sampling_ratio : std::llround(wanted);
  return {start, bin, places, extent};
}

// The two entries around a place; weights 0 more than one pixel outside.
std::array<AxisTap, 2> Neighbours(float place, int64_t extent) {
  if (!(place >= -1 && place <= static_cast<float>(extent))) return {{{0, 0}, {0, 0}}};
  place = std::clamp(place, 0.0F, static_cast<float>(extent - 1));
  const auto low = static_cast<int64_t>(place);
  const float high = place - static_cast<float>(low);
  return {{{low, 1 - high}, {std::min(low + 1, extent - 1), high}}};
}

double BinOf(RoiAlignMode mode, const float* image, const Cut& h, const Cut& w, int64_t row,
             int64_t column) {
  double sum = 0;
  double most = h.places * w.places == 0 ? 0 : -std::numeric_limits<double>::infinity();
  for (int64_t i = 0; i < h.places; ++i) {
    for (int64_t k = 0; k < w.places; ++k) {
      for (const AxisTap& y : Neighbours(h.PlaceOf(row, i), h.extent)) {
        for (const AxisTap& x : Neighbours(w.PlaceOf(column, k), w.extent)) {
          const double value = double{y.weight} * x.weight * image[y.index * w.extent + x.index];
          sum += value;
          most = std::max(most, value);
        }
      }
    }
  }
  if (mode == RoiAlignMode::kMax) return most;
  return sum / static_cast<double>(std::max<int64_t>(h.places * w.places, 1));
}

}  // namespace

void RunReference(const RoiAlignParams& params, std::span<const TensorView> inputs,
                  std::span<const MutableTensorView> outputs) {
  const Shape& x = inputs[0].spec.shape;
  const std::vector<int64_t> batch = ReadElements<int64_t>(inputs[2]);
  float* y = outputs[0].data<float>().data();
  for (size_t r = 0; r < batch.size(); ++r) {
    const std::span<const float> roi = inputs[1].data<float>().subspan(4 * r, 4);
    const Cut h = CutOf(params, roi[1], roi[3], params.output_height, x[2]);
    const Cut w = CutOf(params, roi[0], roi[2], params.output_width, x[3]);
    const bool exists = batch[r] >= 0 && batch[r] < x[0];
    for (int64_t c = 0; c < x[1]; ++c) {
      const int64_t plane = exists ? (batch[r] * x[1] + c) * x[2] * x[3] : 0;
      for (int64_t i = 0; i < params.output_height * params.output_width; ++i) {
        *y++ =
            !exists
                ? 0
                : static_cast<float>(BinOf(params.mode, inputs[0].data<float>().data() + plane, h,
                                           w, i / params.output_width, i % params.output_width));
      }
    }
  }
}

}  // namespace convoy::compute
