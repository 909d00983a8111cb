#include <algorithm>
#include <numeric>

#include "compute/base/status.h"
#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::Shape;
using compute::TransposeParams;

class TransposeVulkanTest : public VulkanSweep {};

TEST_F(TransposeVulkanTest, EveryOrder) {
  for (int rank = 1; rank <= 4; ++rank) {
    std::vector<int> perm(static_cast<size_t>(rank));
    std::iota(perm.begin(), perm.end(), 0);
    do {
      const Shape shape = rank == 1 ? Shape{7} : DrawImage(rank, 6);
      SCOPED_TRACE(
          absl::StrFormat("%s of %s", AttributesOf(TransposeParams{perm}), shape.ToString()));
      EXPECT_EQ(ErrorOf(TransposeParams{perm}, shape), 0);
    } while (std::next_permutation(perm.begin(), perm.end()));
  }
}

TEST_F(TransposeVulkanTest, ManyDimensions) {
  EXPECT_EQ(ErrorOf(TransposeParams{{5, 3, 1, 4, 2, 0}}, Shape{2, 3, 4, 5, 3, 2}), 0);
  EXPECT_EQ(ErrorOf(TransposeParams{{6, 1, 0, 3, 2, 5, 4}}, Shape{2, 3, 1, 2, 3, 2, 5}), 0);
}

}  // namespace
}  // namespace convoy::testing
