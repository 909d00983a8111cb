// How a plan is recorded on the machine's Vulkan device: barriers, submissions and memory, with the
// device's plan changed where another device is meant.
#include "compute/runtime/vulkan_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_format.h"
#include "compute/runtime/vulkan_device.h"
#include "compute/vulkan/device_plan.h"
#include "compute/vulkan/instance.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/test_devices.h"

namespace convoy::compute {
namespace {

using ::convoy::testing::ErrorAgainstReference;
using ::convoy::testing::PlanDraft;
using ::convoy::testing::RunRandom;
using ::convoy::testing::UnderValidation;
using ::testing::HasSubstr;

ConvParams Conv(int64_t kernel) {
  ConvParams params{.activation = {ActivationKind::kTanh}};
  params.window.kernel = {1, kernel, kernel};
  params.window.pads_begin = params.window.pads_end = {0, kernel / 2, kernel / 2};
  return params;
}

// One tensor through `branches` convolutions side by side, which are then added up.
PlanDraft Branches(int branches) {
  PlanDraft draft;
  const int x = draft.Step(Conv(1), {draft.Input({2, 8, 9, 7}), draft.Weights({8, 8, 1, 1}, 0.2F)});
  std::vector<int> made;
  for (int i = 0; i < branches; ++i) {
    made.push_back(draft.Step(Conv(3), {x, draft.Weights({8, 8, 3, 3}, 0.1F)}));
  }
  int sum = made[0];
  for (int i = 1; i < branches; ++i) sum = draft.Step(BinaryParams{}, {sum, made[i]});
  draft.Output(sum);
  return draft;
}

class VulkanRunTest : public ::testing::Test {
 protected:
  // False where the machine has no Vulkan device.
  bool Open(const std::function<void(DevicePlan&)>& change) {
    auto instance = VulkanInstance::Create({.validation = UnderValidation()});
    if (absl::IsNotFound(instance.status())) return false;
    EXPECT_TRUE(instance.ok()) << instance.status();
    if (!instance.ok()) return false;
    const VkPhysicalDevice physical = (*instance)->physical_devices()[0];
    const DeviceSnapshot snapshot = ReadDeviceSnapshot(physical);
    absl::StatusOr<DevicePlan> plan = PlanDevice(snapshot);
    EXPECT_TRUE(plan.ok()) << plan.status();
    if (!plan.ok()) return false;
    change(*plan);
    auto device = VulkanDevice::Create(*instance, physical, snapshot, *plan);
    EXPECT_TRUE(device.ok()) << device.status();
    if (!device.ok()) return false;
    device_ = std::make_unique<VulkanRuntimeDevice>(
        *std::move(device), DeviceFacts{}, std::map<std::string, std::string, std::less<>>{});
    return true;
  }
  std::unique_ptr<VulkanSession> Compile(const PlanDraft& draft) {
    absl::StatusOr<std::unique_ptr<Session>> session = device_->Compile(draft.plan());
    EXPECT_TRUE(session.ok()) << session.status();
    if (!session.ok()) return nullptr;
    return std::unique_ptr<VulkanSession>(static_cast<VulkanSession*>(session->release()));
  }

  int messages_before_ = VulkanMessageCount();
  std::unique_ptr<VulkanRuntimeDevice> device_;
};

TEST_F(VulkanRunTest, BranchesShareABarrier) {
  for (const bool texels : {true, false}) {
    if (!Open([&](DevicePlan& plan) { plan.traits.texel_loads &= texels; })) GTEST_SKIP();
    const std::unique_ptr<VulkanSession> two = Compile(Branches(2));
    const std::unique_ptr<VulkanSession> six = Compile(Branches(6));
    ASSERT_TRUE(two != nullptr && six != nullptr);
    if (UnderValidation() && texels) continue;  // whole views count there
    // Four more branches stand behind the same barrier; each has an addition behind its own.
    EXPECT_EQ(six->barriers() - two->barriers(), 4) << "texels " << texels;
    EXPECT_LE(ErrorAgainstReference(*device_, Branches(6).plan(), 3), 1e-5);
  }
  EXPECT_EQ(VulkanMessageCount(), messages_before_);
}

TEST_F(VulkanRunTest, LongPlansAreCutIntoSubmissions) {
  PlanDraft draft;  // 4 convolutions of 0.16 GF each
  int value = draft.Input({1, 32, 64, 48});
  for (int i = 0; i < 4; ++i) {
    value = draft.Step(Conv(5), {value, draft.Weights({32, 32, 5, 5}, 0.03F)});
  }
  draft.Output(draft.Step(GlobalPoolParams{}, {value}));
  if (!Open([](DevicePlan& plan) { plan.flops_per_submission = 0.35e9; })) GTEST_SKIP();
  std::unique_ptr<VulkanSession> cut = Compile(draft);
  ASSERT_NE(cut, nullptr);
  EXPECT_EQ(cut->submissions(), 2);
  const auto in_parts = RunRandom(*cut, draft.plan(), 1);
  cut.reset();
  ASSERT_TRUE(Open([](DevicePlan&) {}));
  const std::unique_ptr<VulkanSession> whole = Compile(draft);
  ASSERT_NE(whole, nullptr);
  EXPECT_EQ(whole->submissions(), 1) << "a software driver has no watchdog";
  EXPECT_EQ(RunRandom(*whole, draft.plan(), 1), in_parts);
}

TEST_F(VulkanRunTest, APlanThatDoesNotFitIsRefusedWithTheNumbers) {
  constexpr int64_t kHeap = int64_t{1} << 20;
  if (!Open([&](DevicePlan& plan) { plan.heap_bytes.fill(kHeap); })) GTEST_SKIP();
  PlanDraft draft;  // 4 MiB in, 4 MiB out
  draft.Output(
      draft.Step(ActivationParams{ActivationKind::kRelu}, {draft.Input({1, 1, 1024, 1024})}));
  const absl::Status status = device_->Compile(draft.plan()).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("is asked for"));
  EXPECT_THAT(message, HasSubstr("bytes for inputs, outputs and intermediate tensors"));
  EXPECT_THAT(message, HasSubstr(absl::StrFormat("bytes available of %d", kHeap)));

  PlanDraft small;
  small.Output(small.Step(ActivationParams{ActivationKind::kRelu}, {small.Input({1, 1, 16, 16})}));
  EXPECT_LE(ErrorAgainstReference(*device_, small.plan(), 2), 1e-5) << "what fits still runs";
}

TEST_F(VulkanRunTest, WeightsThatDoNotFitAreRefusedWithTheNumbers) {
  constexpr int64_t kHeap = int64_t{2} << 20;
  if (!Open([&](DevicePlan& plan) { plan.heap_bytes.fill(kHeap); })) GTEST_SKIP();
  PlanDraft draft;  // 4 MiB of weights
  draft.Output(draft.Step(
      Conv(1), {draft.Input({1, 1024, 2, 2}), draft.Weights({1024, 1024, 1, 1}, 0.02F)}));
  const absl::Status status = device_->Compile(draft.plan()).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("bytes available of"));
}

}  // namespace
}  // namespace convoy::compute
