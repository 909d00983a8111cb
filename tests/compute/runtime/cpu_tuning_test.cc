// Which kernels the cpu device chooses, and that the tune file makes the next device choose alike.
#include <string>
#include <vector>

#include "compute/base/cache_file.h"
#include "compute/runtime/cpu_session.h"
#include "compute/tune/tune_table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/cache_folder.h"

namespace convoy::testing {
namespace {

using compute::ConvParams;
using compute::Device;
using compute::MakeCpuDevice;
using compute::Session;
using compute::TuneMode;
using ::testing::StartsWith;

// Three convolutions that have more than one kernel on AVX2.
PlanDraft Convolutions() {
  ConvParams params;
  params.window.kernel = {1, 3, 3};
  params.window.pads_begin = params.window.pads_end = {0, 1, 1};
  PlanDraft draft;
  const int x = draft.Input({2, 3, 30, 22});
  const int a = draft.Step(params, {x, draft.Weights({64, 3, 3, 3}, 0.3F)});
  const int b = draft.Step(params, {a, draft.Weights({64, 64, 3, 3}, 0.1F)});
  draft.Output(draft.Step(params, {b, draft.Weights({16, 64, 3, 3}, 0.1F)}));
  return draft;
}

struct Outcome {
  std::vector<std::string> kernels;
  std::vector<std::string> whys;  // of those steps that had a choice
  std::vector<std::vector<float>> answer;
};

Outcome Compile(Device& device) {
  const PlanDraft draft = Convolutions();
  const absl::StatusOr<std::unique_ptr<Session>> session = device.Compile(draft.plan());
  EXPECT_TRUE(session.ok()) << session.status();
  Outcome outcome;
  for (const compute::StepReport& step : (*session)->report().steps) {
    outcome.kernels.push_back(step.kernel);
    if (!step.why.empty()) outcome.whys.push_back(step.why);
  }
  outcome.answer = RunRandom(**session, draft.plan(), 7);
  return outcome;
}

Outcome Open(TuneMode mode) { return Compile(*MakeCpuDevice({.threads = 1, .tune = mode})); }

// Rewrites the tune file as if the slowest kernel of every problem had been the fastest.
void TurnRound(const std::string& path) {
  const std::string sealed = *compute::ReadCacheFile(path);
  const size_t first = sealed.find('\n') + 1;
  const std::string key = sealed.substr(first, sealed.find('\n', first) - first);
  const std::string text = *compute::OpenSealedCache(key, sealed);
  std::string turned;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    const std::string last = line.substr(line.rfind('\t') + 1);
    const std::string kernel = last.substr(0, last.find(' '));
    turned += line.substr(0, line.find('\t')) + "\t" + kernel + " 0.001\n";
  }
  ASSERT_TRUE(compute::WriteCacheFile(path, compute::SealCache(key, turned)));
}

TEST(CpuTuning, TheNextDeviceChoosesAlikeAndTimesNothing) {
  const CacheFolder cache("convoy_cpu_tuning_test");
  const Outcome first = Open(TuneMode::kAuto);
  if (first.whys.empty()) GTEST_SKIP() << "this processor leaves nothing to choose";
  EXPECT_THAT(first.whys, Each(StartsWith("timed: ")));
  ASSERT_NE(cache.Find("tune-cpu-"), "");
  const Outcome second = Open(TuneMode::kAuto);
  EXPECT_EQ(second.kernels, first.kernels);
  EXPECT_THAT(second.whys, Each(StartsWith("tune file: ")));
  EXPECT_EQ(second.answer, first.answer);

  // Not by luck: what the file says is done.
  TurnRound(cache.Find("tune-cpu-"));
  const Outcome turned = Open(TuneMode::kTimed);
  EXPECT_NE(turned.kernels, first.kernels);
  EXPECT_EQ(Open(TuneMode::kAuto).answer, turned.answer);
}

TEST(CpuTuning, TwoDevicesOfOneProcessAgree) {
  const CacheFolder cache("convoy_cpu_tuning_test");
  const std::unique_ptr<Device> a = MakeCpuDevice({.threads = 1});
  const std::unique_ptr<Device> b = MakeCpuDevice({.threads = 1});
  const Outcome of_a = Compile(*a);
  EXPECT_EQ(Compile(*b).kernels, of_a.kernels);
  EXPECT_EQ(Compile(*a).answer, Compile(*b).answer);
}

std::vector<compute::OtherKernel> OthersOf(Device& device, const PlanDraft& draft) {
  const absl::StatusOr<std::unique_ptr<Session>> session = device.Compile(draft.plan());
  EXPECT_TRUE(session.ok()) << session.status();
  std::vector<compute::OtherKernel> others;
  for (const compute::StepReport& step : (*session)->report().steps) {
    others.insert(others.end(), step.others.begin(), step.others.end());
  }
  return others;
}

TEST(CpuTuning, ReportsTellWhyNotWhereSomebodyAsks) {
  const CacheFolder cache("convoy_cpu_tuning_test");
  EXPECT_THAT(OthersOf(*MakeCpuDevice({.threads = 1}), Convolutions()), ::testing::IsEmpty());
  const auto device = MakeCpuDevice({.threads = 1, .explain = true});
  const auto others = OthersOf(*device, Convolutions());
  ASSERT_EQ(others.size(), 9U) << "each of three layers leaves three of four algorithms";
  int slower = 0;
  for (const compute::OtherKernel& other : others) {
    EXPECT_NE(other.why, "") << other.kernel;
    EXPECT_EQ(other.trial_ms > 0, other.why == "slower in the trial") << other.kernel;
    slower += other.trial_ms > 0 ? 1 : 0;
  }
  // A layer that had a choice leaves one kernel that was slower.
  EXPECT_EQ(slower, static_cast<int>(Open(TuneMode::kAuto).whys.size()));
}

TEST(CpuTuning, AStepOfTheReferenceTellsWhatOnednnLacks) {
  PlanDraft draft;
  const int x = draft.Input({1, 2, 6, 6});
  compute::PoolParams pool{.kind = compute::PoolKind::kLp};
  pool.window.kernel = {1, 2, 2};
  draft.Output(draft.Step(pool, {x}));
  const auto others = OthersOf(*MakeCpuDevice({.threads = 1, .explain = true}), draft);
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].kernel, "oneDNN");
  EXPECT_EQ(others[0].why, "oneDNN has no Lp pooling");
}

TEST(CpuTuning, RulesTimeNothingAndLeaveNoFile) {
  const CacheFolder cache("convoy_cpu_tuning_test");
  const Outcome first = Open(TuneMode::kOff);
  EXPECT_THAT(first.whys, Each(StartsWith("by rule")));
  EXPECT_EQ(Open(TuneMode::kOff).kernels, first.kernels);
  EXPECT_EQ(Open(TuneMode::kOff).answer, first.answer);
  EXPECT_FALSE(std::filesystem::exists(cache.convoy()));
}

}  // namespace
}  // namespace convoy::testing
