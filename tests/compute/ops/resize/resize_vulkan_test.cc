#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ResizeParams;
using compute::Shape;

class ResizeVulkanTest : public VulkanSweep {};

TEST_F(ResizeVulkanTest, RandomSizes) {
  using compute::CoordinateTransform;
  using compute::NearestRounding;
  for (int round = 0; round < 120; ++round) {
    const Shape shape = DrawShape();
    ResizeParams params;
    params.mode = static_cast<compute::ResizeMode>(Draw(0, 2));
    params.transform = static_cast<CoordinateTransform>(Draw(0, 6));
    params.antialias = DrawBool();
    params.exclude_outside = DrawBool();
    params.extrapolation = 0.5F;
    params.rounding = static_cast<NearestRounding>(Draw(0, 3));
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const bool resized = axis > 1 ? DrawBool() : Draw(0, 5) == 0;
      params.sizes.Append(resized ? Draw(1, 2 * shape[axis]) : shape[axis]);
      params.scales.push_back(static_cast<float>(params.sizes[axis]) /
                              static_cast<float>(shape[axis]));
    }
    for (int axis = 0; axis < 2 * shape.rank(); ++axis) {
      const auto share = static_cast<float>(Draw(-2, 5)) / 10;
      params.roi.push_back(axis < shape.rank() ? share : 1 - share);
    }
    SCOPED_TRACE(absl::StrFormat("%s of %s", AttributesOf(params), shape.ToString()));
    // Two taps a dimension, or many that also have negative weights.
    const bool two_taps = params.mode == compute::ResizeMode::kLinear && !params.antialias;
    const double bound = two_taps ? 1e-6 : 1e-5;
    EXPECT_LE(ErrorOf(params, shape), params.mode == compute::ResizeMode::kNearest ? 0 : bound);
  }
}

}  // namespace
}  // namespace convoy::testing
