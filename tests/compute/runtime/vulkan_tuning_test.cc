// Kernels of a Vulkan device chosen by times, and that the tune file makes the next device choose
// alike.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "compute/runtime/vulkan_kernels.h"
#include "compute/runtime/vulkan_session.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/cache_folder.h"
#include "tests/support/test_devices.h"

namespace convoy::compute {
namespace {

using ::convoy::testing::CacheFolder;
using ::convoy::testing::ErrorAgainstReference;
using ::convoy::testing::PlanDraft;
using ::convoy::testing::RunRandom;
using ::convoy::testing::UnderValidation;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// A convolution with a residual, an up-convolution and a dense layer: every family that is chosen.
PlanDraft Layers() {
  ConvParams conv{.has_residual = true};
  conv.window.kernel = {1, 3, 3};
  conv.window.pads_begin = conv.window.pads_end = {0, 1, 1};
  ConvTransposeParams up;
  up.window.kernel = up.window.strides = {1, 2, 2};
  PlanDraft draft;
  const int x = draft.Input({3, 12, 7, 5});
  draft.Output(draft.Step(conv, {x, draft.Weights({12, 12, 3, 3}, 0.1F), x}));
  draft.Output(draft.Step(up, {x, draft.Weights({12, 6, 2, 2}, 0.2F)}));
  const int rows = draft.Input({3, 103});
  draft.Output(draft.Step(GemmParams{}, {rows, draft.Weights({103, 21}, 0.1F)}));
  return draft;
}

struct Outcome {
  std::vector<StepReport> steps;
  std::vector<std::string> kernels;
  std::vector<std::string> whys;  // of the three layers
  std::vector<std::vector<float>> answer;
};

class VulkanTuningTest : public ::testing::Test {
 protected:
  // One folder for all: testing a device's kernels takes long on a software driver.
  static void SetUpTestSuite() { cache_ = new CacheFolder("convoy_vulkan_tuning_test"); }
  static void TearDownTestSuite() { delete cache_; }

  void SetUp() override {
    options_.validation = UnderValidation();
    messages_before_ = VulkanValidationMessageCount();
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenVulkan(0, options_);
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
  }
  void TearDown() override { EXPECT_EQ(VulkanValidationMessageCount(), messages_before_); }

  Outcome Open(DeviceOptions options) {
    options.validation = options_.validation;
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenVulkan(0, options);
    EXPECT_TRUE(device.ok()) << device.status();
    const PlanDraft draft = Layers();
    EXPECT_LE(ErrorAgainstReference(**device, draft.plan(), 3), 1e-5);
    const absl::StatusOr<std::unique_ptr<Session>> session = (*device)->Compile(draft.plan());
    EXPECT_TRUE(session.ok()) << session.status();
    Outcome outcome;
    outcome.steps = (*session)->report().steps;
    for (const StepReport& step : outcome.steps) {
      outcome.kernels.push_back(step.kernel);
      if (step.step != "pack" && step.step != "unpack") outcome.whys.push_back(step.why);
    }
    outcome.answer = RunRandom(**session, draft.plan(), 7);
    return outcome;
  }

  static inline CacheFolder* cache_ = nullptr;
  DeviceOptions options_;
  int messages_before_ = 0;
};

TEST_F(VulkanTuningTest, TimedKernelsAreKeptForTheNextDevice) {
  std::filesystem::remove(cache_->Find("tune-"));
  const Outcome by_rule = Open({});
  EXPECT_THAT(by_rule.whys, Each(Not(HasSubstr(" ms"))));
  EXPECT_EQ(cache_->Find("tune-"), "") << "nothing is timed unless asked for";

  const Outcome timed = Open({.tune = TuneMode::kTimed});
  EXPECT_THAT(timed.whys, Each(HasSubstr(" ms")));
  ASSERT_NE(cache_->Find("tune-"), "");

  for (const TuneMode mode : {TuneMode::kAuto, TuneMode::kTimed}) {
    const Outcome next = Open({.tune = mode});
    EXPECT_EQ(next.kernels, timed.kernels);
    EXPECT_THAT(next.whys, Each(StartsWith("tune file: ")));
    EXPECT_EQ(next.answer, timed.answer);
  }
  const Outcome off = Open({.tune = TuneMode::kOff});
  EXPECT_EQ(off.kernels, by_rule.kernels);
  EXPECT_EQ(off.answer, by_rule.answer);
}

// Of the steps that have other kernels.
std::vector<std::vector<OtherKernel>> OthersOf(const Outcome& outcome) {
  std::vector<std::vector<OtherKernel>> others;
  for (const StepReport& step : outcome.steps) {
    if (!step.others.empty()) others.push_back(step.others);
  }
  return others;
}

TEST_F(VulkanTuningTest, ReportsTellWhyNotWhereSomebodyAsks) {
  const Outcome silent = Open({.tune = TuneMode::kOff});
  EXPECT_THAT(OthersOf(silent), IsEmpty());

  const Outcome by_rule = Open({.tune = TuneMode::kOff, .explain = true});
  EXPECT_EQ(by_rule.kernels, silent.kernels);
  ASSERT_EQ(OthersOf(by_rule).size(), 3U) << "every family that is chosen";
  for (const std::vector<OtherKernel>& others : OthersOf(by_rule)) {
    EXPECT_GE(others.size(), KernelsOfFamily("conv").size() - 1);
    for (const OtherKernel& other : others) {
      EXPECT_NE(other.why, "") << other.kernel;
      EXPECT_EQ(other.trial_ms, 0) << other.kernel;
    }
  }

  const Outcome timed = Open({.tune = TuneMode::kTimed, .explain = true});
  for (const std::vector<OtherKernel>& others : OthersOf(timed)) {
    const auto lost = std::ranges::count(others, "slower in the trial", &OtherKernel::why);
    EXPECT_GT(lost, 0);
    EXPECT_EQ(lost, std::ranges::count_if(others, [](const auto& o) { return o.trial_ms > 0; }));
  }
}

TEST_F(VulkanTuningTest, AForcedKernelWins) {
  Open({.tune = TuneMode::kTimed});
  for (const TuneMode mode : {TuneMode::kAuto, TuneMode::kTimed}) {
    const Outcome forced =
        Open({.vulkan_kernels = "conv=direct,upconv=upconv_direct,gemm=linear", .tune = mode});
    std::string kernels;
    for (const std::string& kernel : forced.kernels) kernels += kernel + " ";
    EXPECT_THAT(kernels, HasSubstr("conv_direct_"));
    EXPECT_THAT(kernels, HasSubstr("upconv_direct_"));
    EXPECT_THAT(kernels, HasSubstr("gemm_linear_"));
    EXPECT_THAT(forced.whys, Each(Not(HasSubstr(" ms"))));
  }
}

TEST_F(VulkanTuningTest, BatchInvariantAnswersAskNoTimes) {
  Open({.tune = TuneMode::kTimed});
  const Outcome invariant = Open({.batch_invariant = true, .tune = TuneMode::kTimed});
  EXPECT_THAT(invariant.whys, Each(Not(HasSubstr(" ms"))));
}

}  // namespace
}  // namespace convoy::compute
