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
    params.mode = DrawBool() ? compute::ResizeMode::kLinear : compute::ResizeMode::kNearest;
    params.transform = static_cast<CoordinateTransform>(Draw(0, 3));
    params.rounding = static_cast<NearestRounding>(Draw(0, 3));
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const bool resized = axis > 1 ? DrawBool() : Draw(0, 5) == 0;
      params.sizes.Append(resized ? Draw(1, 2 * shape[axis]) : shape[axis]);
      params.scales.push_back(static_cast<float>(params.sizes[axis]) /
                              static_cast<float>(shape[axis]));
    }
    SCOPED_TRACE(absl::StrFormat("%s of %s", AttributesOf(params), shape.ToString()));
    EXPECT_LE(ErrorOf(params, shape), params.mode == compute::ResizeMode::kLinear ? 1e-6 : 0);
  }
}

}  // namespace
}  // namespace convoy::testing
