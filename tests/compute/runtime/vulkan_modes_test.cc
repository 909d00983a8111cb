// The conformance cases once more on the machine's Vulkan device used as other devices are: with
// memory of its own that the host cannot see, with the kernels and load path of a GPU, with few
// workgroups and many submissions. This covers what a software driver alone would never run.
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "compute/runtime/vulkan_device.h"
#include "compute/vulkan/device_plan.h"
#include "compute/vulkan/instance.h"
#include "tests/conformance/problem_run.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

using compute::DevicePlan;

struct Mode {
  const char* name;
  void (*change)(DevicePlan&);
};

void HideMemory(DevicePlan& plan) {
  plan.shared_memory = false;
  plan.host_visible[static_cast<size_t>(compute::MemoryIntent::kWeights)] = false;
  plan.host_visible[static_cast<size_t>(compute::MemoryIntent::kActivations)] = false;
}

void UseAsGpu(DevicePlan& plan) {
  HideMemory(plan);
  plan.traits.software = plan.traits.texel_loads = plan.shuffle_kernels = false;
  plan.traits.default_local_size = 64;
}

void UseInSmallParts(DevicePlan& plan) {
  UseAsGpu(plan);
  plan.traits.default_local_size = 4;
  plan.traits.max_groups = 400;
  plan.flops_per_submission = 1000;
}

constexpr Mode kModes[] = {
    {"HiddenMemory", HideMemory}, {"AsGpu", UseAsGpu}, {"SmallParts", UseInSmallParts}};

absl::StatusOr<std::unique_ptr<compute::Device>> OpenInMode(const Mode& mode) {
  auto instance = compute::VulkanInstance::Create({.validation = UnderValidation()});
  if (!instance.ok()) return instance.status();
  const VkPhysicalDevice physical = (*instance)->physical_devices()[0];
  const compute::DeviceSnapshot snapshot = compute::ReadDeviceSnapshot(physical);
  absl::StatusOr<DevicePlan> plan = compute::PlanDevice(snapshot);
  if (!plan.ok()) return plan.status();
  mode.change(*plan);
  auto device = compute::VulkanDevice::Create(*instance, physical, snapshot, *plan);
  if (!device.ok()) return device.status();
  return std::make_unique<compute::VulkanRuntimeDevice>(
      *std::move(device), compute::DeviceFacts{},
      std::map<std::string, std::string, std::less<>>());
}

class VulkanModesTest : public ::testing::TestWithParam<Mode> {};

TEST_P(VulkanModesTest, EveryCaseAgreesWithTheFormula) {
  const absl::StatusOr<std::unique_ptr<compute::Device>> device = OpenInMode(GetParam());
  if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
  ASSERT_TRUE(device.ok()) << device.status();
  const int messages_before = compute::VulkanMessageCount();
  int cases_run = 0;
  for (const std::string& op : OperatorFiles()) {
    const absl::StatusOr<std::vector<Case>> cases = ReadCases(op);
    ASSERT_TRUE(cases.ok()) << cases.status();
    for (const Case& one_case : *cases) {
      SCOPED_TRACE(op + " " + one_case.name);
      const absl::StatusOr<Problem> problem = MakeProblem(one_case, one_case.batches.back());
      ASSERT_TRUE(problem.ok()) << problem.status();
      const std::vector<compute::HostTensor> operands = RandomOperands(*problem, 7);
      const Surroundings surroundings =
          FitsBetweenPools(*problem) ? Surroundings::kBetweenPools : Surroundings::kAlone;
      const absl::StatusOr<std::unique_ptr<compute::Session>> session =
          CompileProblem(**device, *problem, operands, surroundings);
      ASSERT_TRUE(session.ok()) << session.status();
      const auto actual = RunProblem(**session, *problem, operands);
      ASSERT_TRUE(actual.ok()) << actual.status();
      const std::vector<compute::HostTensor> expected = Expected(*problem, operands);
      for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(FirstDifference((*actual)[i], expected[i], one_case.bound), "");
      }
      ++cases_run;
    }
  }
  EXPECT_GT(cases_run, 100);
  EXPECT_EQ(compute::VulkanMessageCount(), messages_before);
}

INSTANTIATE_TEST_SUITE_P(Modes, VulkanModesTest, ::testing::ValuesIn(kModes),
                         [](const ::testing::TestParamInfo<Mode>& mode) {
                           return std::string(mode.param.name);
                         });

}  // namespace
}  // namespace convoy::testing
