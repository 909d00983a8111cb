// Where a coordinate of the output lies in the input, and the weights of the entries around it.
#include <cmath>

#include "absl/container/inlined_vector.h"
#include "compute/ops/cubic.h"
#include "compute/ops/resize/resize.h"

namespace convoy::compute {
namespace {

// One dimension of a Resize.
struct Line {
  float scale;
  float in;
  float out;
  float roi_start;
  float roi_end;
};

float CropCoordinate(const Line& line, float y) {
  const float last = line.in - 1;
  if (line.out <= 1) return 0.5F * (line.roi_start + line.roi_end) * last;
  return line.roi_start * last + y * (line.roi_end - line.roi_start) * last / (line.out - 1);
}

float SourceCoordinate(CoordinateTransform transform, const Line& line, float y) {
  const float half_pixel = (y + 0.5F) / line.scale - 0.5F;
  switch (transform) {
    case CoordinateTransform::kHalfPixel:
      return half_pixel;
    case CoordinateTransform::kHalfPixelSymmetric:
      return line.in / 2 * (1 - line.out / (line.scale * line.in)) + half_pixel;
    case CoordinateTransform::kPytorchHalfPixel:
      return line.out == 1 ? 0 : half_pixel;
    case CoordinateTransform::kAlignCorners:
      return line.out == 1 ? 0 : y * (line.in - 1) / (line.out - 1);
    case CoordinateTransform::kAsymmetric:
      return y / line.scale;
    case CoordinateTransform::kTfHalfPixelForNn:
      return (y + 0.5F) / line.scale;
    case CoordinateTransform::kTfCropAndResize:
      return CropCoordinate(line, y);
  }
  return 0;
}

float Round(NearestRounding rounding, float x) {
  switch (rounding) {
    case NearestRounding::kRoundPreferFloor:
      return std::ceil(x - 0.5F);
    case NearestRounding::kRoundPreferCeil:
      return std::floor(x + 0.5F);
    case NearestRounding::kFloor:
      return std::floor(x);
    case NearestRounding::kCeil:
      return std::ceil(x);
  }
  return x;
}

// The kernel at distance d, in entries of x.
double KernelAt(const ResizeParams& params, double d) {
  if (params.mode == ResizeMode::kLinear) return d < 1 ? 1 - d : 0;
  return CubicWeight(params.cubic_a, d);
}

// The last entry is asked for as a float, which past 2^24 may round up to one that is none.
int64_t NearestEntry(double x, int64_t extent) {
  return static_cast<int64_t>(std::clamp(x, 0.0, static_cast<double>(extent - 1)));
}

void AddKernel(const ResizeParams& params, double x, double stretch, int64_t extent,
               AxisTable& table) {
  const double reach = (params.mode == ResizeMode::kLinear ? 1 : 2) * stretch;
  // Farther out, all entries are the edge's.
  x = std::clamp(x, -reach, static_cast<double>(extent - 1) + reach);
  absl::InlinedVector<AxisTap, 8> taps;
  absl::InlinedVector<double, 8> weights;
  double sum = 0;
  for (auto i = static_cast<int64_t>(std::ceil(x - reach)); static_cast<double>(i) < x + reach;
       ++i) {
    const double weight = KernelAt(params, std::abs(static_cast<double>(i) - x) / stretch);
    if (weight == 0 || (params.exclude_outside && (i < 0 || i >= extent))) continue;
    const int64_t entry = std::clamp<int64_t>(i, 0, extent - 1);
    if (taps.empty() || taps.back().index != entry) {
      taps.push_back({entry});
      weights.push_back(0);
    }
    weights.back() += weight;
    sum += weight;
  }
  if (taps.size() < 2) return table.AddMove(taps.empty() ? NearestEntry(x, extent) : taps[0].index);
  for (size_t k = 0; k < taps.size(); ++k) taps[k].weight = static_cast<float>(weights[k] / sum);
  table.Add(taps);
}

}  // namespace

AxisTable ResizeTable(const ResizeParams& params, int axis, int64_t in_extent) {
  const auto at = static_cast<size_t>(axis);
  const bool crops = params.transform == CoordinateTransform::kTfCropAndResize;
  const auto in = static_cast<float>(in_extent);
  const Line line{params.scales[at], in, static_cast<float>(params.sizes[axis]),
                  crops ? params.roi[at] : 0,
                  crops ? params.roi[at + static_cast<size_t>(params.sizes.rank())] : 0};
  const double stretch = params.antialias ? std::max(1.0, 1.0 / line.scale) : 1.0;
  AxisTable table;
  for (int64_t y = 0; y < params.sizes[axis]; ++y) {
    const float x = SourceCoordinate(params.transform, line, static_cast<float>(y));
    if (crops && !(x >= 0 && x <= in - 1)) {
      table.AddMove(kOutsideTap);
    } else if (params.mode == ResizeMode::kNearest) {
      table.AddMove(NearestEntry(Round(params.rounding, x), in_extent));
    } else {
      AddKernel(params, x, stretch, in_extent, table);
    }
  }
  return table;
}

std::vector<AxisTable> ResizeTables(const ResizeParams& params, const Shape& x) {
  std::vector<AxisTable> tables;
  for (int axis = 0; axis < x.rank(); ++axis) {
    tables.push_back(ResizeTable(params, axis, x[axis]));
  }
  return tables;
}

}  // namespace convoy::compute
