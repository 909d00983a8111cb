#include "tests/compute/ops/vulkan_sweep.h"

#include "tests/support/test_devices.h"

namespace convoy::testing {

using compute::Shape;

void VulkanSweep::SetUp() {
  const absl::StatusOr<compute::Device*> device = TestDevice("vulkan");
  if (!device.ok()) GTEST_SKIP() << device.status();
  device_ = *device;
}

void VulkanSweep::TearDown() { EXPECT_EQ(compute::ValidationMessageCount(), 0); }

double VulkanSweep::Error(const PlanDraft& draft) {
  return ErrorAgainstReference(*device_, draft.plan(), 11);
}

int VulkanSweep::LayoutChanges(const PlanDraft& draft) {
  const auto session = device_->Compile(draft.plan());
  EXPECT_TRUE(session.ok()) << session.status();
  if (!session.ok()) return -1;
  const compute::SessionReport& report = (*session)->report();
  return CountSteps(report, "pack") + CountSteps(report, "unpack");
}

int64_t VulkanSweep::Draw(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random_);
}

Shape VulkanSweep::DrawImage(int rank, int64_t most) {
  Shape shape{DrawOf<int64_t>({1, 3, 8}), DrawOf<int64_t>({1, 3, 4, 5, 7, 13})};
  while (shape.rank() < rank) shape.Append(Draw(1, most));
  return shape;
}

Shape VulkanSweep::DrawShape() {
  const int rank = static_cast<int>(Draw(1, 6));
  return rank == 1 ? Shape{Draw(1, 70)} : DrawImage(rank, 6);
}

int InChannels(PlanDraft& draft, int value) {
  const int rank = draft.plan().values[value].spec.shape.rank();
  if (rank < 3 || rank > 5) return value;
  compute::PoolParams identity;
  identity.window.rank = rank - 2;
  return draft.Step(identity, {value});
}

}  // namespace convoy::testing
