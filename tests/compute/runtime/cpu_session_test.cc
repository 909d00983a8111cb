#include "compute/runtime/cpu_session.h"

#include <cstring>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::ConvParams;
using compute::Device;
using compute::GemmParams;
using compute::GlobalPoolParams;
using compute::MakeCpuDevice;
using compute::Plan;
using compute::PoolKind;
using compute::PoolParams;
using compute::ReshapeParams;
using compute::Session;
using compute::Shape;
using compute::SoftmaxParams;
using compute::Window;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kLayerBound = 1e-5;
constexpr ActivationParams kRelu{ActivationKind::kRelu, 0, 0};

Device& Cpu() {
  static const std::unique_ptr<Device> device = MakeCpuDevice({.threads = 1});
  return *device;
}

std::unique_ptr<Session> CompileOrDie(Device& device, const Plan& plan) {
  absl::StatusOr<std::unique_ptr<Session>> session = device.Compile(plan);
  EXPECT_TRUE(session.ok()) << session.status();
  return session.ok() ? *std::move(session) : nullptr;
}

Window Square(int64_t kernel, int64_t stride, int64_t pad) {
  Window window;
  window.kernel = {1, kernel, kernel};
  window.strides = {1, stride, stride};
  window.pads_begin = {0, pad, pad};
  window.pads_end = {0, pad, pad};
  return window;
}

// y = act(conv(x, w) + b [+ residual])
int AddConv(PlanDraft& draft, int x, int64_t in, int64_t out, const Window& window,
            const ActivationParams& activation, int residual = -1) {
  ConvParams params;
  params.window = window;
  params.has_bias = true;
  params.has_residual = residual >= 0;
  params.activation = activation;
  const float scale = 1.5F / static_cast<float>(in * window.kernel[1]);
  std::vector<int> inputs = {x, draft.Weights({out, in, window.kernel[1], window.kernel[2]}, scale),
                             draft.Weights({out}, 0.5F)};
  if (residual >= 0) inputs.push_back(residual);
  return draft.Step(params, inputs);
}

// A small residual network: stem, pool, one block with a projection and one without, global pool,
// dense, softmax.
Plan SmallResNet(int64_t batch) {
  PlanDraft draft;
  int x = draft.Input({batch, 3, 29, 31});
  x = AddConv(draft, x, 3, 20, Square(5, 2, 2), kRelu);
  x = draft.Step(PoolParams{PoolKind::kMax, Square(3, 2, 1), false, false}, {x});
  const int projection = AddConv(draft, x, 20, 36, Square(1, 1, 0), {});
  x = AddConv(draft, x, 20, 17, Square(3, 1, 1), kRelu);
  x = AddConv(draft, x, 17, 36, Square(1, 1, 0), kRelu, projection);
  int y = AddConv(draft, x, 36, 19, Square(3, 1, 1), {ActivationKind::kLeakyRelu, 0.1F, 0});
  x = AddConv(draft, y, 19, 36, Square(1, 1, 0), kRelu, x);
  x = draft.Step(GlobalPoolParams{PoolKind::kAverage}, {x});
  x = draft.Step(ReshapeParams{Shape{batch, 36}}, {x});
  GemmParams dense;
  dense.trans_b = true;
  dense.has_bias = true;
  x = draft.Step(dense, {x, draft.Weights({11, 36}, 0.3F), draft.Weights({11}, 0.3F)});
  draft.Output(draft.Step(SoftmaxParams{1}, {x}));
  return draft.plan();
}

TEST(CpuSession, RunsAChainOfFusedLayersAsTheReferenceDoes) {
  for (const int64_t batch : {1, 3, 8}) {
    EXPECT_LE(ErrorAgainstReference(Cpu(), SmallResNet(batch), 7), kLayerBound) << batch;
  }
}

TEST(CpuSession, GivesBitIdenticalAnswersAtEveryRun) {
  for (const int threads : {1, 2}) {
    const std::unique_ptr<Device> device = MakeCpuDevice({.threads = threads});
    const Plan plan = SmallResNet(3);
    const std::unique_ptr<Session> session = CompileOrDie(*device, plan);
    const auto first = RunRandom(*session, plan, 7);
    const auto other = RunRandom(*session, plan, 8);
    EXPECT_NE(first, other);
    EXPECT_EQ(first, RunRandom(*session, plan, 7));
  }
}

TEST(CpuSession, KeepsItsInputsFromRunToRun) {
  const Plan plan = SmallResNet(1);
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), plan);
  const auto first = RunRandom(*session, plan, 7);
  ASSERT_TRUE(session->Run().ok());
  EXPECT_EQ(0, std::memcmp(session->output(0).data(), first[0].data(), session->output(0).size()));
}

TEST(CpuSession, RowsDoNotDependOnTheirNeighboursOrTheirPlace) {
  const Plan plan = SmallResNet(8);
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), plan);
  const size_t row_bytes = session->input(0).size() / 8;
  const size_t answer_bytes = session->output(0).size() / 8;
  const std::vector<float> row = RandomFloats(static_cast<int64_t>(row_bytes / 4), 99);
  std::vector<std::byte> expected;
  for (const size_t place : {0, 3, 7}) {
    RunRandom(*session, plan, 100 + static_cast<uint32_t>(place));  // other neighbours
    std::memcpy(session->input(0).data() + place * row_bytes, row.data(), row_bytes);
    ASSERT_TRUE(session->Run().ok());
    const auto answer = session->output(0).subspan(place * answer_bytes, answer_bytes);
    if (expected.empty()) expected.assign(answer.begin(), answer.end());
    EXPECT_EQ(0, std::memcmp(answer.data(), expected.data(), answer_bytes)) << place;
  }
}

TEST(CpuSession, SumsTheResidualInPlaceWithoutReorders) {
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), SmallResNet(1));
  // The input comes in row-major; nothing else moves: the pooled vector is the same bytes in every
  // layout.
  EXPECT_EQ(1, CountSteps(session->report(), "reorder"));
  EXPECT_THAT(KernelsOf(session->report(), "Conv"), Not(HasSubstr("reference")));
  EXPECT_EQ("alias", KernelsOf(session->report(), "Reshape"));
}

TEST(CpuSession, CopiesAResidualThatIsNeededLater) {
  PlanDraft draft;
  const int x = draft.Input({3, 5, 9, 7});
  const int skip = AddConv(draft, x, 5, 13, Square(3, 1, 1), kRelu);
  const int y = AddConv(draft, x, 5, 13, Square(3, 1, 1), kRelu, skip);
  draft.Output(draft.Step(BinaryParams{BinaryKind::kMul, {}}, {skip, y}));
  EXPECT_LE(ErrorAgainstReference(Cpu(), draft.plan(), 3), kLayerBound);
}

TEST(CpuSession, CopiesAResidualThatTheConvolutionReads) {
  PlanDraft draft;
  int x = draft.Input({3, 13, 9, 7});
  x = AddConv(draft, x, 13, 13, Square(1, 1, 0), kRelu);
  draft.Output(AddConv(draft, x, 13, 13, Square(3, 1, 1), kRelu, x));
  EXPECT_LE(ErrorAgainstReference(Cpu(), draft.plan(), 3), kLayerBound);
}

TEST(CpuSession, CopiesAResidualThatAReshapeStillShows) {
  PlanDraft draft;
  int x = draft.Input({2, 4, 5, 5});
  const int skip = AddConv(draft, x, 4, 1, Square(1, 1, 0), kRelu);
  const int shown = draft.Step(ReshapeParams{Shape{2, 25}}, {skip});
  draft.Output(AddConv(draft, x, 4, 1, Square(3, 1, 1), kRelu, skip));
  draft.Output(draft.Step(ActivationParams{ActivationKind::kTanh, 0, 0}, {shown}));
  EXPECT_LE(ErrorAgainstReference(Cpu(), draft.plan(), 3), kLayerBound);
}

TEST(CpuSession, AddsAResidualThatIsAnInputOrAWeight) {
  PlanDraft draft;
  const int x = draft.Input({2, 4, 5, 6});
  const int given = draft.Input({2, 7, 5, 6});
  const int weights = draft.Weights({2, 7, 5, 6}, 1.0F);
  draft.Output(AddConv(draft, x, 4, 7, Square(3, 1, 1), kRelu, given));
  draft.Output(AddConv(draft, x, 4, 7, Square(3, 1, 1), kRelu, weights));
  const Plan plan = draft.plan();
  EXPECT_LE(ErrorAgainstReference(Cpu(), plan, 3), kLayerBound);
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), plan);
  const auto first = RunRandom(*session, plan, 4);
  EXPECT_EQ(first, RunRandom(*session, plan, 4));
}

TEST(CpuSession, ShowsInputsAndWeightsAsOutputs) {
  PlanDraft draft;
  const int x = draft.Input({2, 3});
  const int weights = draft.Weights({4, 2}, 1.0F);
  draft.Output(x);
  draft.Output(weights);
  draft.Output(draft.Step(ReshapeParams{Shape{3, 2}}, {x}));
  EXPECT_EQ(0, ErrorAgainstReference(Cpu(), draft.plan(), 3));
}

TEST(CpuSession, RunsTheReferenceKernelWhereOnednnHasNoneAndSaysSo) {
  PlanDraft draft;
  int x = draft.Input({2, 5, 9, 7});
  x = AddConv(draft, x, 5, 6, Square(3, 1, 1), kRelu);
  // ceil_mode makes a last window that oneDNN would count in full.
  x = draft.Step(PoolParams{PoolKind::kAverage, Square(2, 2, 0), true, true}, {x});
  draft.Output(AddConv(draft, x, 6, 5, Square(3, 1, 1), kRelu));
  EXPECT_LE(ErrorAgainstReference(Cpu(), draft.plan(), 3), kLayerBound);
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), draft.plan());
  EXPECT_EQ("reference", KernelsOf(session->report(), "Pool"));
}

TEST(CpuSession, TakesTypesAndRanksThatOnednnDoesNot) {
  PlanDraft draft;
  int x = draft.Input({1, 2, 1, 2, 1, 2, 3});
  x = draft.Step(ActivationParams{ActivationKind::kRelu, 0, 0}, {x});
  draft.Output(draft.Step(ReshapeParams{Shape{4, 6}}, {x}));
  EXPECT_EQ(0, ErrorAgainstReference(Cpu(), draft.plan(), 3));
}

TEST(CpuSession, SharesPackedWeightsBetweenSessions) {
  const std::unique_ptr<Device> device = MakeCpuDevice({.threads = 1});
  const Plan plan = SmallResNet(1);
  const std::unique_ptr<Session> first = CompileOrDie(*device, plan);
  const std::unique_ptr<Session> second = CompileOrDie(*device, plan);
  EXPECT_GT(first->report().weight_bytes, 0);
  EXPECT_EQ(first->report().weight_bytes, second->report().weight_bytes);
  EXPECT_EQ(RunRandom(*first, plan, 5), RunRandom(*second, plan, 5));
}

TEST(CpuSession, SessionsOfOneDeviceRunInSeveralThreads) {
  const std::unique_ptr<Device> device = MakeCpuDevice({.threads = 2});
  const Plan plan = SmallResNet(3);
  const auto expected = RunRandom(*CompileOrDie(*device, plan), plan, 5);
  std::vector<std::vector<std::vector<float>>> got(4);
  std::vector<std::thread> threads;
  for (auto& answer : got) {
    threads.emplace_back([&device, &plan, &answer] {
      const std::unique_ptr<Session> session = CompileOrDie(*device, plan);
      for (int i = 0; i < 5; ++i) answer = RunRandom(*session, plan, 5);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& answer : got) EXPECT_EQ(expected, answer);
}

TEST(CpuSession, ProfilesEveryStep) {
  const Plan plan = SmallResNet(1);
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), plan);
  const auto profile = session->Profile(3);
  ASSERT_TRUE(profile.ok()) << profile.status();
  ASSERT_EQ(session->report().steps.size(), profile->steps.size());
  for (const compute::StepReport& step : profile->steps) {
    EXPECT_LE(step.min_ms, step.median_ms) << step.step;
    if (step.kernel == "alias") continue;
    EXPECT_GT(step.min_ms, 0) << step.step;
    EXPECT_GE(step.moved_bytes, step.cost.bytes) << step.step;
  }
  EXPECT_EQ(0, session->report().steps.front().median_ms);
  EXPECT_GE(profile->arena_bytes, profile->arena_peak_bytes);
  EXPECT_FALSE(session->Profile(0).ok());
}

TEST(CpuSession, RefusesMoreMemoryThanThereIs) {
  PlanDraft draft;
  const int x = draft.Input({1, 1, 1, 1});
  // 64 tensors of 1 Gi floats each that all stay alive.
  const int64_t wide = int64_t{1} << 30;
  for (int i = 0; i < 64; ++i) {
    compute::PadParams pad;
    pad.begins = {0, 0, 0, 0};
    pad.ends = {0, 0, 0, wide - 1};
    draft.Output(draft.Step(pad, {x}));
  }
  const auto session = Cpu().Compile(draft.plan());
  EXPECT_EQ(absl::StatusCode::kResourceExhausted, session.status().code()) << session.status();
}

TEST(CpuSession, DeviceNamesItselfAndItsThreads) {
  const std::unique_ptr<Device> device = MakeCpuDevice({.threads = 3});
  EXPECT_EQ(compute::DeviceKind::kCpu, device->facts().kind);
  EXPECT_EQ("cpu", device->facts().id);
  EXPECT_TRUE(device->facts().software);
  EXPECT_THAT(device->facts().properties, ::testing::Contains(::testing::Pair("threads", "3")));
}

// One 3x3 layer that Winograd covers, in bulk.
Plan WideConv(int64_t batch) {
  PlanDraft draft;
  const int x = draft.Input({batch, 64, 28, 28});
  draft.Output(AddConv(draft, x, 64, 64, Square(3, 1, 1), kRelu));
  return draft.plan();
}

TEST(CpuSession, TriesWinogradAndSaysWhatItFound) {
  const std::unique_ptr<Session> session = CompileOrDie(Cpu(), WideConv(1));
  EXPECT_THAT(session->report().steps[1].why, HasSubstr(" ms"));
  for (const int64_t batch : {1, 3}) {
    EXPECT_LE(ErrorAgainstReference(Cpu(), WideConv(batch), 7), kLayerBound) << batch;
  }
}

TEST(CpuSession, LeavesWinogradOutWhenToldTo) {
  const std::unique_ptr<Device> device =
      MakeCpuDevice({.threads = 1, .cpu_winograd = compute::CpuWinograd::kOff});
  const std::unique_ptr<Session> session = CompileOrDie(*device, WideConv(1));
  EXPECT_EQ("", session->report().steps[1].why);
  for (const compute::StepReport& step : session->report().steps) {
    EXPECT_THAT(step.kernel, Not(HasSubstr("wino")));
  }
}

// Two branches side by side, their concatenation inside another and summed up, a branch read again
// behind it, and a part that exists twice.
Plan Branches(int64_t batch) {
  PlanDraft draft;
  const int image = draft.Input({batch, 3, 14, 15});
  const int x = AddConv(draft, image, 3, 16, Square(3, 1, 1), kRelu);
  const int left = AddConv(draft, x, 16, 24, Square(1, 1, 0), kRelu);
  const int right = AddConv(draft, x, 16, 32, Square(3, 1, 1), kRelu);
  const int both = draft.Step(compute::ConcatParams{1}, {left, right});
  const int sum = AddConv(draft, both, 56, 24, Square(3, 1, 1), {}, left);
  const int all = draft.Step(compute::ConcatParams{1}, {both, sum, left});
  const int wide = AddConv(draft, all, 104, 104, Square(1, 1, 0), kRelu, all);
  draft.Output(draft.Step(compute::ConcatParams{1}, {wide, right, right}));
  draft.Output(both);
  return draft.plan();
}

TEST(CpuSession, ConcatenatesBranchesAsTheReferenceDoes) {
  for (const int64_t batch : {1, 3}) {
    EXPECT_LE(ErrorAgainstReference(Cpu(), Branches(batch), 7), kLayerBound) << batch;
  }
}

}  // namespace
}  // namespace convoy::testing
