#include "compute/ops/sample/grid_sample.h"

#include <algorithm>
#include <cmath>

#include "compute/base/status.h"
#include "compute/ops/cubic.h"
#include "compute/ops/op.h"
#include "compute/ops/op_rules.h"

namespace convoy::compute {
namespace {

constexpr double kCubicA = -0.75;

// Mirrored into [low, high].
float Reflect(float x, float low, float high) {
  const float range = high - low;
  if (x >= low && x <= high) return x;
  if (range <= 0) return low;
  const float place = std::fmod(std::fabs(x - low), 2 * range);
  return low + std::min(place, 2 * range - place);
}

float Place(const GridSampleParams& params, float at, float extent) {
  const float low = params.align_corners ? 0 : -0.5F;
  const float high = params.align_corners ? extent - 1 : extent - 0.5F;
  float x = params.align_corners ? (at + 1) / 2 * (extent - 1) : ((at + 1) * extent - 1) / 2;
  if (params.mode == GridSampleMode::kNearest) x = std::nearbyint(x);
  if (params.padding == GridPadding::kReflection) x = Reflect(x, low, high);
  if (params.padding == GridPadding::kBorder && !(x >= low && x <= high)) {
    x = std::clamp(x, 0.0F, extent - 1);
  }
  // Farther out there is nothing but zeros; a NaN ends up there.
  return x > -4 ? std::min(x, extent + 4) : -4;
}

const char* ModeName(GridSampleMode mode) {
  switch (mode) {
    case GridSampleMode::kNearest:
      return "nearest";
    case GridSampleMode::kLinear:
      return "linear";
    case GridSampleMode::kCubic:
      return "cubic";
  }
  return "";
}

int64_t TapsOf(GridSampleMode mode) {
  return mode == GridSampleMode::kNearest ? 1 : mode == GridSampleMode::kLinear ? 2 : 4;
}

}  // namespace

absl::InlinedVector<AxisTap, 4> GridTaps(const GridSampleParams& params, float at, int64_t extent) {
  const float x = Place(params, at, static_cast<float>(extent));
  const int64_t count = TapsOf(params.mode);
  const auto first = static_cast<int64_t>(std::floor(x)) - (count == 4 ? 1 : 0);
  const float low = params.align_corners ? 0 : -0.5F;
  absl::InlinedVector<AxisTap, 4> taps;
  for (int64_t i = first; i < first + count; ++i) {
    const double distance = std::abs(static_cast<double>(i) - x);
    const double weight = count == 1   ? 1
                          : count == 2 ? 1 - distance
                                       : CubicWeight(kCubicA, distance);
    int64_t entry = i;
    if (params.padding == GridPadding::kReflection) {
      entry = static_cast<int64_t>(
          Reflect(static_cast<float>(i), low, static_cast<float>(extent - 1) - low));
    }
    if (params.padding != GridPadding::kZeros) entry = std::clamp<int64_t>(entry, 0, extent - 1);
    if (weight == 0 || entry < 0 || entry >= extent) continue;
    taps.push_back({entry, static_cast<float>(weight)});
  }
  return taps;
}

absl::StatusOr<TensorSpecs> InferShapes(const GridSampleParams&,
                                        std::span<const TensorSpec> inputs) {
  CONVOY_RETURN_IF_ERROR(CheckInputs("GridSample", inputs, 2, 2));
  const Shape& x = inputs[0].shape;
  const Shape& grid = inputs[1].shape;
  CONVOY_RETURN_IF_ERROR(CheckRank("GridSample", "x", x, 3, 5));
  Shape expected{x[0]};
  Shape y{x[0], x[1]};
  for (int i = 1; i + 1 < grid.rank(); ++i) {
    expected.Append(grid[i]);
    y.Append(grid[i]);
  }
  expected.Append(x.rank() - 2);
  if (grid.rank() != x.rank()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("GridSample grid has the shape %s, but must have rank %d as x has",
                        grid.ToString(), x.rank()));
  }
  CONVOY_RETURN_IF_ERROR(CheckShape("GridSample", "grid", grid, expected));
  return OneOutput("GridSample", y);
}

OpCost EstimateCost(const GridSampleParams& params, std::span<const TensorSpec> inputs,
                    std::span<const TensorSpec> outputs) {
  double flops = 2 * static_cast<double>(outputs[0].elements());
  for (int i = 2; i < inputs[0].shape.rank(); ++i)
    flops *= static_cast<double>(TapsOf(params.mode));
  return {flops, BytesOf(inputs, outputs)};
}

std::string AttributesOf(const GridSampleParams& params) {
  return JoinAttributes({absl::StrFormat("mode=%s", ModeName(params.mode)),
                         params.padding == GridPadding::kZeros    ? ""
                         : params.padding == GridPadding::kBorder ? "padding=border"
                                                                  : "padding=reflection",
                         params.align_corners ? "align_corners" : ""});
}

}  // namespace convoy::compute
