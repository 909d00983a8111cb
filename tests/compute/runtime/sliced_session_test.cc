#include "compute/runtime/sliced_session.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "compute/plan/plan_rows.h"
#include "compute/runtime/cpu_batch_choice.h"
#include "compute/runtime/cpu_session.h"
#include "compute/runtime/reference_session.h"
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
using compute::Plan;
using compute::PlanForRows;
using compute::Session;
using compute::SessionReport;
using ::testing::HasSubstr;

constexpr double kLayerBound = 1e-5;

// Two convolutions and two outputs, of which the second is the first layer's.
Plan TwoOutputs(int64_t rows) {
  ConvParams params;
  params.window.kernel = {1, 3, 3};
  params.window.pads_begin = params.window.pads_end = {0, 1, 1};
  PlanDraft draft;
  const int x = draft.Input({rows, 3, 13, 11});
  const int a = draft.Step(params, {x, draft.Weights({20, 3, 3, 3}, 0.3F)});
  draft.Output(draft.Step(params, {a, draft.Weights({5, 20, 3, 3}, 0.1F)}));
  draft.Output(a);
  Plan plan = draft.plan();
  plan.rows = rows;
  return plan;
}

std::unique_ptr<Session> Slice(Device& device, const Plan& plan, int64_t rows, int lanes) {
  std::vector<std::unique_ptr<Session>> sessions;
  for (int lane = 0; lane < lanes; ++lane) {
    auto session = device.Compile(*PlanForRows(plan, rows));
    EXPECT_TRUE(session.ok()) << session.status();
    sessions.push_back(*std::move(session));
  }
  auto sliced = MakeSlicedSession(plan, rows, std::move(sessions));
  EXPECT_TRUE(sliced.ok()) << sliced.status();
  return *std::move(sliced);
}

TEST(SlicedSession, AnswersAsTheReferenceDoesInAnySlices) {
  const std::unique_ptr<Device> cpu = MakeCpuDevice({.threads = 1});
  const std::unique_ptr<Device> reference = compute::MakeReferenceDevice({});
  for (const auto& [batch, rows, lanes] :
       {std::tuple<int64_t, int64_t, int>{3, 1, 2}, {8, 1, 2}, {8, 4, 2}, {8, 2, 3}, {6, 3, 1}}) {
    const Plan plan = TwoOutputs(batch);
    const std::unique_ptr<Session> sliced = Slice(*cpu, plan, rows, lanes);
    const auto expected = RunRandom(**reference->Compile(plan), plan, 7);
    const auto given = RunRandom(*sliced, plan, 7);
    ASSERT_EQ(given.size(), 2);
    for (size_t output = 0; output < 2; ++output) {
      ASSERT_EQ(given[output].size(), expected[output].size());
      for (size_t i = 0; i < given[output].size(); ++i) {
        ASSERT_NEAR(given[output][i], expected[output][i], kLayerBound) << batch << " " << rows;
      }
    }
    EXPECT_EQ(given, RunRandom(*sliced, plan, 7));
  }
}

TEST(SlicedSession, ReportsTheWorkOfTheWholeBatch) {
  const std::unique_ptr<Device> cpu = MakeCpuDevice({.threads = 1});
  const Plan plan = TwoOutputs(8);
  const std::unique_ptr<Session> sliced = Slice(*cpu, plan, 2, 2);
  const auto flops_of = [](const SessionReport& report) {
    double flops = 0;
    for (const compute::StepReport& step : report.steps) flops += step.cost.flops;
    return flops;
  };
  const auto whole = MakeCpuDevice({.threads = 1, .tune = compute::TuneMode::kOff})->Compile(plan);
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(flops_of(sliced->report()), flops_of((*whole)->report()));
  const auto timed = sliced->Profile(2);
  ASSERT_TRUE(timed.ok());
  EXPECT_GT(timed->steps.front().median_ms, 0);
  EXPECT_THAT(timed->steps.front().why, HasSubstr("4 slices of 2 rows on 2 lanes"));
}

// What a device of two threads compiles `plan` to, by the words of its first step.
std::string WayOf(const Plan& plan, compute::TuneMode tune, bool batch_invariant = false) {
  const auto device =
      MakeCpuDevice({.threads = 2, .batch_invariant = batch_invariant, .tune = tune});
  const auto session = device->Compile(plan);
  EXPECT_TRUE(session.ok()) << session.status();
  const std::string why = (*session)->report().steps.front().why;
  return why.substr(0, why.find(" rows on"));
}

// A tune file that says of the plan that `way` was the fastest.
void Teach(const Plan& plan, const std::string& way) {
  compute::KernelTuner tuner = compute::MakeCpuTuner(compute::TuneMode::kAuto);
  const std::vector<std::string> candidates = {"layers", "slices_of_1", "slices_of_4"};
  tuner.Choose(compute::BatchProblem(plan, 2), candidates, [&] {
    std::vector<compute::TimedKernel> timed;
    for (const std::string& each : candidates) timed.push_back({each, each == way ? 1.0 : 2.0});
    return timed;
  });
  tuner.Save();
}

TEST(CpuBatchChoice, DoesWhatTheTuneFileSays) {
  const Plan plan = TwoOutputs(8);
  for (const auto& [way, expected] : {std::pair{"layers", ""},
                                      {"slices_of_1", "8 slices of 1"},
                                      {"slices_of_4", "2 slices of 4"}}) {
    const CacheFolder cache("convoy_cpu_batch_test");
    Teach(plan, way);
    EXPECT_EQ(WayOf(plan, compute::TuneMode::kAuto).find("slices") != std::string::npos,
              *expected != '\0');
    EXPECT_THAT(WayOf(plan, compute::TuneMode::kAuto), HasSubstr(expected));
    // Nothing is cut where nothing may be timed or the size must not show.
    EXPECT_EQ(WayOf(plan, compute::TuneMode::kOff).find("slices"), std::string::npos);
    EXPECT_EQ(WayOf(plan, compute::TuneMode::kAuto, true).find("slices"), std::string::npos);
  }
}

TEST(CpuBatchChoice, TimesOnceAndRemembers) {
  const CacheFolder cache("convoy_cpu_batch_test");
  const Plan plan = TwoOutputs(8);
  const std::string first = WayOf(plan, compute::TuneMode::kAuto);
  EXPECT_EQ(WayOf(plan, compute::TuneMode::kAuto), first);
  compute::KernelTuner tuner = compute::MakeCpuTuner(compute::TuneMode::kAuto);
  tuner.Load();
  const std::vector<std::string> candidates = {"layers", "slices_of_1", "slices_of_4"};
  EXPECT_THAT(tuner.Choose(compute::BatchProblem(plan, 2), candidates, nullptr).why,
              HasSubstr("tune file"));
}

TEST(CpuBatchChoice, LanesAnswerAsTheWholeDeviceDoes) {
  const CacheFolder cache("convoy_cpu_batch_test");
  const Plan plan = TwoOutputs(8);
  for (const char* way : {"slices_of_1", "slices_of_4"}) {
    Teach(plan, way);
    const auto device = MakeCpuDevice({.threads = 2});
    const auto wide = device->Compile(plan);
    const auto narrow = device->CompileNarrow(plan);
    ASSERT_TRUE(wide.ok() && narrow.ok());
    EXPECT_EQ(RunRandom(**wide, plan, 3), RunRandom(**narrow, plan, 3)) << way;
  }
}

}  // namespace
}  // namespace convoy::testing
