#include "compute/runtime/vulkan_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "compute/runtime/vulkan_device.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/test_devices.h"

namespace convoy::compute {
namespace {

using ::convoy::testing::ErrorAgainstReference;
using ::convoy::testing::KernelsOf;
using ::convoy::testing::PlanDraft;
using ::convoy::testing::RunRandom;
using ::convoy::testing::UnderValidation;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr double kBound = 1e-5;

ConvParams Conv3x3(bool residual = false) {
  ConvParams params{.has_residual = residual, .activation = {ActivationKind::kRelu}};
  params.window.kernel = {1, 3, 3};
  params.window.pads_begin = params.window.pads_end = {0, 1, 1};
  return params;
}

class VulkanSessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.validation = UnderValidation();
    messages_before_ = VulkanValidationMessageCount();
    absl::StatusOr<std::unique_ptr<Device>> device = OpenVulkan(0, options_);
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    device_ = *std::move(device);
  }
  void TearDown() override { EXPECT_EQ(VulkanValidationMessageCount(), messages_before_); }

  std::unique_ptr<Session> Compile(const Plan& plan) {
    absl::StatusOr<std::unique_ptr<Session>> session = device_->Compile(plan);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }

  DeviceOptions options_;
  std::unique_ptr<Device> device_;
  int messages_before_ = 0;
};

// Two convolutions, the second with the first's input as residual.
PlanDraft Residual(int64_t batch) {
  PlanDraft draft;
  const int x = draft.Input({batch, 24, 9, 7});
  const int a = draft.Step(Conv3x3(), {x, draft.Weights({24, 24, 3, 3}, 0.1F)});
  draft.Output(draft.Step(Conv3x3(true), {a, draft.Weights({24, 24, 3, 3}, 0.1F), x}));
  return draft;
}

TEST_F(VulkanSessionTest, AgreesWithTheReference) {
  for (const int64_t batch : {1, 3, 8}) {
    EXPECT_LE(ErrorAgainstReference(*device_, Residual(batch).plan(), 5), kBound) << batch;
  }
}

TEST_F(VulkanSessionTest, EqualInputsGiveEqualBits) {
  const PlanDraft draft = Residual(3);
  const std::unique_ptr<Session> session = Compile(draft.plan());
  ASSERT_NE(session, nullptr);
  const auto first = RunRandom(*session, draft.plan(), 11);
  RunRandom(*session, draft.plan(), 12);
  EXPECT_EQ(RunRandom(*session, draft.plan(), 11), first);
}

TEST_F(VulkanSessionTest, InputsKeepTheirBytes) {
  const PlanDraft draft = Residual(1);
  const std::unique_ptr<Session> session = Compile(draft.plan());
  ASSERT_NE(session, nullptr);
  RunRandom(*session, draft.plan(), 3);
  const std::vector<std::byte> before(session->input(0).begin(), session->input(0).end());
  const std::vector<std::byte> answer(session->output(0).begin(), session->output(0).end());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), session->input(0).begin()));
  EXPECT_TRUE(std::equal(answer.begin(), answer.end(), session->output(0).begin()));
}

TEST_F(VulkanSessionTest, OutputsMayBeInputsConstantsAndShared) {
  PlanDraft draft;
  const int x = draft.Input({2, 3});
  const int w = draft.Weights({2, 3}, 1);
  const int y = draft.Step(BinaryParams{}, {x, w});
  for (const int value : {x, w, y, y}) draft.Output(value);
  const std::unique_ptr<Session> session = Compile(draft.plan());
  ASSERT_NE(session, nullptr);
  const auto outputs = RunRandom(*session, draft.plan(), 1);
  const std::span<const float> weights = draft.plan().values[w].constant->data<float>();
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(outputs[1][i], weights[i]);
    EXPECT_FLOAT_EQ(outputs[2][i], outputs[0][i] + outputs[1][i]);
  }
  EXPECT_EQ(outputs[2], outputs[3]);
  EXPECT_EQ(session->output(0).data(), session->input(0).data());
}

TEST_F(VulkanSessionTest, AReshapeOfAnInputOrConstantIsAnOutput) {
  PlanDraft draft;
  const int x = draft.Input({2, 6});
  const int w = draft.Weights({3, 4}, 1);
  draft.Output(draft.Step(ReshapeParams{.shape = {3, 4}}, {x}));
  draft.Output(draft.Step(ReshapeParams{.shape = {12}}, {w}));
  EXPECT_EQ(ErrorAgainstReference(*device_, draft.plan(), 2), 0);
}

TEST_F(VulkanSessionTest, EqualWeightsAreStoredOnce) {
  PlanDraft twice;
  const int x = twice.Input({1, 8, 5, 5});
  const int w = twice.Weights({8, 8, 3, 3}, 0.2F);
  twice.Output(twice.Step(Conv3x3(), {twice.Step(Conv3x3(), {x, w}), w}));
  PlanDraft once;
  const int x1 = once.Input({1, 8, 5, 5});
  once.Output(once.Step(Conv3x3(), {x1, once.Weights({8, 8, 3, 3}, 0.2F)}));
  const std::unique_ptr<Session> two = Compile(twice.plan());
  const std::unique_ptr<Session> one = Compile(once.plan());
  ASSERT_TRUE(one != nullptr && two != nullptr);
  EXPECT_GT(one->report().weight_bytes, 8 * 8 * 9 * 4);
  EXPECT_EQ(two->report().weight_bytes, one->report().weight_bytes);
  EXPECT_LE(ErrorAgainstReference(*device_, twice.plan(), 4), kBound);
}

TEST_F(VulkanSessionTest, WeightsOutliveTheSessionThatPackedThem) {
  const PlanDraft draft = Residual(1);
  std::unique_ptr<Session> first = Compile(draft.plan());
  std::unique_ptr<Session> second = Compile(draft.plan());
  ASSERT_TRUE(first != nullptr && second != nullptr);
  const auto expected = RunRandom(*first, draft.plan(), 7);
  first.reset();
  const PlanDraft other = Residual(8);  // may take the memory that became free
  Compile(other.plan());
  EXPECT_EQ(RunRandom(*second, draft.plan(), 7), expected);
}

TEST_F(VulkanSessionTest, SessionsRunInSeveralThreads) {
  const PlanDraft draft = Residual(3);
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(Compile(draft.plan()));
  const auto expected = RunRandom(*sessions[0], draft.plan(), 9);
  std::vector<std::thread> threads;
  for (const std::unique_ptr<Session>& session : sessions) {
    threads.emplace_back([&] {
      for (int run = 0; run < 10; ++run) {
        EXPECT_EQ(RunRandom(*session, draft.plan(), 9), expected);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(VulkanSessionTest, ProfilesEveryStep) {
  const PlanDraft draft = Residual(1);
  const std::unique_ptr<Session> session = Compile(draft.plan());
  ASSERT_NE(session, nullptr);
  const absl::StatusOr<SessionReport> profile = session->Profile(3);
  ASSERT_TRUE(profile.ok()) << profile.status();
  ASSERT_EQ(profile->steps.size(), session->report().steps.size());
  for (const StepReport& step : profile->steps) {
    EXPECT_GT(step.min_ms, 0) << step.step;
    EXPECT_GE(step.median_ms, step.min_ms) << step.step;
    EXPECT_GE(step.moved_bytes, step.cost.bytes) << step.step;
    EXPECT_GE(step.workgroups, 1) << step.step;
    EXPECT_GE(step.invocations, step.workgroups) << step.step;
    EXPECT_EQ(step.kernel.starts_with("conv_"), !step.why.empty())
        << step.step << " ran " << step.kernel;
  }
  EXPECT_GE(profile->arena_bytes, profile->arena_peak_bytes);
  EXPECT_TRUE(absl::IsInvalidArgument(session->Profile(0).status()));
}

TEST_F(VulkanSessionTest, ATensorBeyondAStorageBufferIsRefused) {
  PlanDraft draft;  // 32768 x 16384 floats = 2 GiB
  const int x = draft.Input({1, 4, 16384, 16384});
  ActivationParams relu{ActivationKind::kRelu};
  draft.Output(draft.Step(relu, {x}));
  const absl::Status status = device_->Compile(draft.plan()).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              AnyOf(HasSubstr("a storage buffer holds"), HasSubstr("its memory holds"),
                    HasSubstr("cannot allocate")));
}

TEST_F(VulkanSessionTest, ASetAsideKernelIsReplaced) {
  PlanDraft draft;
  const int x = draft.Input({1, 32, 14, 14});
  draft.Output(draft.Step(Conv3x3(), {x, draft.Weights({64, 32, 3, 3}, 0.05F)}));
  const std::unique_ptr<Session> before = Compile(draft.plan());
  ASSERT_NE(before, nullptr);
  std::string kernel;
  for (const StepReport& step : before->report().steps) {
    if (step.kernel.rfind("conv_rt", 0) == 0) kernel = step.kernel;
  }
  ASSERT_NE(kernel, "");
  static_cast<VulkanRuntimeDevice&>(*device_).SetVerdicts(
      {{"conv/" + kernel, false, "a wrong answer"}});
  const std::unique_ptr<Session> after = Compile(draft.plan());
  ASSERT_NE(after, nullptr);
  for (const StepReport& step : after->report().steps) EXPECT_NE(step.kernel, kernel);
  EXPECT_LE(ErrorAgainstReference(*device_, draft.plan(), 6), kBound);
}

TEST_F(VulkanSessionTest, AnUnknownIndexNamesWhatThereIs) {
  const absl::Status status = OpenVulkan(99, options_).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("device 99 is asked for"));
}

TEST_F(VulkanSessionTest, EveryKernelPassesItsSelfTest) {
  EXPECT_FALSE(device_->facts().verdicts.empty());
  for (const KernelVerdict& verdict : device_->facts().verdicts) {
    EXPECT_TRUE(verdict.passed) << verdict.kernel << ": " << verdict.reason;
  }
}

TEST(VulkanInventoryTest, WithoutDriversTheReasonIsGiven) {
  setenv("VK_DRIVER_FILES", "/no/such/driver.json", 1);
  setenv("VK_ICD_FILENAMES", "/no/such/driver.json", 1);
  const VulkanInventory inventory = EnumerateVulkan({}, /*test_kernels=*/false);
  const absl::Status opened = OpenVulkan(0, {}).status();
  unsetenv("VK_DRIVER_FILES");
  unsetenv("VK_ICD_FILENAMES");
  EXPECT_TRUE(inventory.devices.empty());
  EXPECT_THAT(inventory.missing_reason, HasSubstr("Vulkan loader"));
  EXPECT_TRUE(absl::IsNotFound(opened)) << opened;
}

// Tests a device with a cache of its own.
class VulkanVerdictsTest : public VulkanSessionTest {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "convoy_verdicts_test";
    std::filesystem::remove_all(folder_);
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
    VulkanSessionTest::SetUp();
  }
  void TearDown() override {
    unsetenv("XDG_CACHE_HOME");
    std::filesystem::remove_all(folder_);
    VulkanSessionTest::TearDown();
  }
  std::filesystem::path VerdictFile() const {
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "convoy")) {
      if (file.path().filename().string().rfind("verdicts-", 0) == 0) return file.path();
    }
    return {};
  }
  std::string ReadVerdicts() const {
    std::ifstream file(VerdictFile());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void WriteVerdicts(const std::string& text) const { std::ofstream(VerdictFile()) << text; }
  std::vector<KernelVerdict> Reopen() const {
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenVulkan(0, options_);
    EXPECT_TRUE(device.ok()) << device.status();
    return device.ok() ? (*device)->facts().verdicts : std::vector<KernelVerdict>();
  }

  std::filesystem::path folder_;
};

TEST_F(VulkanVerdictsTest, AreKeptAndRepaired) {
  const std::string written = ReadVerdicts();
  ASSERT_NE(written, "");
  const size_t passed = written.find("passed");
  ASSERT_NE(passed, std::string::npos);
  std::string other = written;
  other.replace(passed, 6, "failed");
  WriteVerdicts(other);
  EXPECT_FALSE(Reopen().front().passed) << "the file is believed";
  WriteVerdicts(written.substr(0, written.size() / 2));
  EXPECT_TRUE(Reopen().front().passed) << "a cut file is not";
  EXPECT_EQ(ReadVerdicts(), written);
}

TEST(VulkanInventoryTest, MalformedForcedKernelsAreInvalid) {
  const absl::Status status = OpenVulkan(0, {.vulkan_kernels = "conv"}).status();
  if (absl::IsNotFound(status)) GTEST_SKIP() << status;
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
}

}  // namespace
}  // namespace convoy::compute
