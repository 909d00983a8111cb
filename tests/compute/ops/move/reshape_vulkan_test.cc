#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ReshapeParams;
using compute::Shape;

class ReshapeVulkanTest : public VulkanSweep {};

TEST_F(ReshapeVulkanTest, RandomShapes) {
  for (int round = 0; round < 40; ++round) {
    const Shape shape = DrawImage();
    Shape target{shape[0], shape[1]};  // samples and channels stay
    if (DrawBool()) target = Shape{shape[0]};
    const int64_t rest = shape.elements() / target.elements();
    for (int64_t ones = Draw(0, 2); ones > 0; --ones) target.Append(1);
    target.Append(rest);
    SCOPED_TRACE(shape.ToString() + " to " + target.ToString());
    EXPECT_EQ(ErrorOf(ReshapeParams{target}, shape), 0);
  }
}

}  // namespace
}  // namespace convoy::testing
