// The conformance cases once more on the machine's Vulkan device used as other devices are: with
// memory of its own that the host cannot see, with the kernels and load path of a GPU, with few
// workgroups and many submissions, with halves in memory, and with each block kernel forced. This
// covers what a software driver alone would never run.
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

// The distance of halves to the next, as a part of them. Operands are values that halves hold, so
// that an output is rounded once.
constexpr double kHalfEpsilon = 1.0 / 1024;

struct Mode {
  const char* name;
  void (*change)(DevicePlan&);
  // Forced for every family that has it; then every fourth case of those families runs, from case
  // `first` on.
  const char* kernel = "";
  int first = 0;

  bool forced() const { return *kernel != '\0'; }
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

void UseAsDiscreteGpu(DevicePlan& plan) {
  UseAsGpu(plan);
  plan.traits.shared_blocks = true;
  plan.traits.compute_units = 2;
}

// What Vulkan guarantees, and no more.
void UseAsLeastGpu(DevicePlan& plan) {
  UseAsDiscreteGpu(plan);
  plan.traits.shared_bytes = 16384;
}

void UseInSmallParts(DevicePlan& plan) {
  UseAsGpu(plan);
  plan.traits.default_local_size = 4;
  plan.traits.max_groups = 400;
  plan.flops_per_submission = 1000;
}

void KeepHalves(DevicePlan& plan) { plan.traits.half_storage = true; }

void KeepHalvesAsGpu(DevicePlan& plan) {
  UseAsDiscreteGpu(plan);
  KeepHalves(plan);
}

constexpr Mode kModes[] = {{"HiddenMemory", HideMemory},
                           {"AsGpu", UseAsDiscreteGpu},
                           {"SmallParts", UseInSmallParts},
                           {"Halves", KeepHalves},
                           {"HalvesAsGpu", KeepHalvesAsGpu},
                           {"Block128x128", UseAsLeastGpu, "sm128x128", 0},
                           {"Block128x64", UseAsDiscreteGpu, "sm128x64", 1},
                           {"Block256x32", UseAsLeastGpu, "sm256x32", 2},
                           {"Block64x64", UseAsDiscreteGpu, "sm64x64", 3},
                           {"Block32x32", UseAsLeastGpu, "sm32x32", 0},
                           {"SplitBlock64x64", UseAsDiscreteGpu, "smk64x64", 1}};

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
  std::map<std::string, std::string, std::less<>> forced;
  if (mode.forced()) {
    for (const char* family : {"conv", "upconv", "gemm"}) forced[family] = mode.kernel;
  }
  return std::make_unique<compute::VulkanRuntimeDevice>(*std::move(device), compute::DeviceFacts{},
                                                        std::move(forced));
}

// The operators whose cases a mode runs.
std::vector<std::string> OperatorsOf(const Mode& mode) {
  if (mode.forced()) return {"conv", "conv_transpose", "gemm"};
  return OperatorFiles();
}

class VulkanModesTest : public ::testing::TestWithParam<Mode> {};

TEST_P(VulkanModesTest, EveryCaseAgreesWithTheFormula) {
  const absl::StatusOr<std::unique_ptr<compute::Device>> device = OpenInMode(GetParam());
  if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
  ASSERT_TRUE(device.ok()) << device.status();
  const int messages_before = compute::VulkanMessageCount();
  const bool halves = std::string_view(GetParam().name).starts_with("Halves");
  int cases_run = 0, cases_seen = 0;
  for (const std::string& op : OperatorsOf(GetParam())) {
    const absl::StatusOr<std::vector<Case>> cases = ReadCases(op);
    ASSERT_TRUE(cases.ok()) << cases.status();
    for (const Case& one_case : *cases) {
      if (GetParam().forced() && ++cases_seen % 4 != GetParam().first) continue;
      SCOPED_TRACE(op + " " + one_case.name);
      const absl::StatusOr<Problem> problem = MakeProblem(one_case, one_case.batches.back());
      ASSERT_TRUE(problem.ok()) << problem.status();
      std::vector<compute::HostTensor> operands = RandomOperands(*problem, 7);
      if (halves) RoundToHalves(operands);
      const Surroundings surroundings =
          FitsBetweenPools(*problem) ? Surroundings::kBetweenPools : Surroundings::kAlone;
      const absl::StatusOr<std::unique_ptr<compute::Session>> session =
          CompileProblem(**device, *problem, operands, surroundings);
      ASSERT_TRUE(session.ok()) << session.status();
      const auto actual = RunProblem(**session, *problem, operands);
      ASSERT_TRUE(actual.ok()) << actual.status();
      const std::vector<compute::HostTensor> expected = Expected(*problem, operands);
      const double bound = one_case.bound + (halves ? kHalfEpsilon : 0);
      for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(FirstDifference((*actual)[i], expected[i], bound), "");
      }
      ++cases_run;
    }
  }
  EXPECT_GT(cases_run, GetParam().forced() ? 25 : 100);
  EXPECT_EQ(compute::VulkanMessageCount(), messages_before);
}

INSTANTIATE_TEST_SUITE_P(Modes, VulkanModesTest, ::testing::ValuesIn(kModes),
                         [](const ::testing::TestParamInfo<Mode>& mode) {
                           return std::string(mode.param.name);
                         });

}  // namespace
}  // namespace convoy::testing
