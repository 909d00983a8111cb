#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::PadMode;
using compute::PadParams;
using compute::Shape;

class PadVulkanTest : public VulkanSweep {
 protected:
  PadParams DrawPad(const Shape& shape) {
    PadParams params;
    params.mode = DrawOf({PadMode::kConstant, PadMode::kReflect, PadMode::kEdge, PadMode::kWrap});
    params.value = 0.75;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const int64_t least = -(shape[axis] - 1) / 2;
      const int64_t most = 4;
      const bool pads = axis > 1 || DrawBool();
      params.begins.push_back(pads ? Draw(least, most) : 0);
      params.ends.push_back(pads ? Draw(least, most) : 0);
    }
    return params;
  }
};

TEST_F(PadVulkanTest, RandomPads) {
  for (int round = 0; round < 120; ++round) {
    const Shape shape = DrawShape();
    const PadParams params = DrawPad(shape);
    SCOPED_TRACE(absl::StrFormat("%s of %s", AttributesOf(params), shape.ToString()));
    EXPECT_EQ(ErrorOf(params, shape), 0);
  }
}

}  // namespace
}  // namespace convoy::testing
