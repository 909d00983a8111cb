#include "compute/runtime/reference_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PlanValue Value(Shape shape) { return {"v", {DType::kFloat32, std::move(shape)}, nullptr}; }

// %0 input, %1 constant; %2 = %0 + %1, %3 = %2 * %2, %4 = %3 - %0
Plan Arithmetic() {
  Plan plan;
  plan.name = "arithmetic";
  plan.values = {Value({2, 2}), Value({2}), Value({2, 2}), Value({2, 2}), Value({2, 2})};
  plan.values[1].constant =
      std::make_shared<HostTensor>(HostTensor::FromFloats({2}, std::array{10.0F, 20.0F}));
  plan.steps = {{"add", BinaryParams{BinaryKind::kAdd, {}}, {0, 1}, {2}},
                {"square", BinaryParams{BinaryKind::kMul, {}}, {2, 2}, {3}},
                {"subtract", BinaryParams{BinaryKind::kSub, {}}, {3, 0}, {4}}};
  plan.inputs = {0};
  plan.outputs = {4};
  return plan;
}

std::vector<float> Floats(std::span<const std::byte> bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

void Fill(Session& session, std::array<float, 4> values) {
  std::memcpy(session.input(0).data(), values.data(), sizeof(values));
}

std::unique_ptr<Session> Compiled(const Plan& plan) {
  absl::StatusOr<std::unique_ptr<Session>> session = MakeReferenceDevice({})->Compile(plan);
  EXPECT_TRUE(session.ok()) << session.status();
  return session.ok() ? *std::move(session) : nullptr;
}

TEST(ReferenceSessionTest, RunsTheStepsInOrder) {
  const std::unique_ptr<Session> session = Compiled(Arithmetic());
  Fill(*session, {1, 2, 3, 4});
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Floats(session->output(0)), ElementsAre(120, 482, 166, 572));
}

TEST(ReferenceSessionTest, InputsKeepTheirBytes) {
  const std::unique_ptr<Session> session = Compiled(Arithmetic());
  Fill(*session, {1, 2, 3, 4});
  ASSERT_TRUE(session->Run().ok());
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Floats(session->input(0)), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Floats(session->output(0)), ElementsAre(120, 482, 166, 572));
}

TEST(ReferenceSessionTest, OutputsMayBeInputsConstantsAndIntermediates) {
  Plan plan = Arithmetic();
  plan.outputs = {2, 0, 1, 4};
  const std::unique_ptr<Session> session = Compiled(plan);
  Fill(*session, {1, 2, 3, 4});
  ASSERT_TRUE(session->Run().ok());
  EXPECT_THAT(Floats(session->output(0)), ElementsAre(11, 22, 13, 24));
  EXPECT_THAT(Floats(session->output(1)), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(Floats(session->output(2)), ElementsAre(10, 20));
  EXPECT_THAT(Floats(session->output(3)), ElementsAre(120, 482, 166, 572));
}

TEST(ReferenceSessionTest, SessionsOfOneDeviceAreApart) {
  const std::unique_ptr<Device> device = MakeReferenceDevice({});
  const auto one = device->Compile(Arithmetic());
  const auto two = device->Compile(Arithmetic());
  Fill(**one, {0, 0, 0, 0});
  Fill(**two, {1, 1, 1, 1});
  ASSERT_TRUE((*one)->Run().ok());
  ASSERT_TRUE((*two)->Run().ok());
  EXPECT_THAT(Floats((*one)->output(0)), ElementsAre(100, 400, 100, 400));
  EXPECT_THAT(Floats((*two)->output(0)), ElementsAre(120, 440, 120, 440));
}

TEST(ReferenceSessionTest, ReportsStepsAndMemory) {
  const std::unique_ptr<Session> session = Compiled(Arithmetic());
  const SessionReport& report = session->report();
  ASSERT_EQ(report.steps.size(), 3u);
  EXPECT_EQ(report.steps[1].step, "square");
  EXPECT_EQ(report.steps[1].kernel, "reference");
  EXPECT_EQ(report.steps[1].cost.flops, 4);
  EXPECT_EQ(report.weight_bytes, 8);
  // Of three 16-byte tensors, each in 64 bytes, two are alive at a time.
  EXPECT_EQ(report.arena_bytes, 128);
  EXPECT_EQ(report.arena_peak_bytes, 128);
}

TEST(ReferenceSessionTest, ProfileAnswersToo) {
  const std::unique_ptr<Session> session = Compiled(Arithmetic());
  Fill(*session, {1, 2, 3, 4});
  const absl::StatusOr<SessionReport> report = session->Profile(3);
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->steps.size(), 3u);
  for (const StepReport& step : report->steps) {
    EXPECT_GT(step.min_ms, 0) << step.step;
    EXPECT_GE(step.median_ms, step.min_ms) << step.step;
  }
  EXPECT_THAT(Floats(session->output(0)), ElementsAre(120, 482, 166, 572));
  EXPECT_TRUE(absl::IsInvalidArgument(session->Profile(0).status()));
}

TEST(ReferenceSessionTest, RefusesAnUnsoundPlan) {
  Plan plan = Arithmetic();
  plan.steps[0].inputs = {0, 4};
  const auto session = MakeReferenceDevice({})->Compile(plan);
  EXPECT_TRUE(absl::IsInternal(session.status())) << session.status();
}

TEST(ReferenceSessionTest, RefusesMoreMemoryThanTheMachineHas) {
  Plan plan;
  plan.name = "huge";
  const Shape shape{kMaxTensorElements};
  plan.values = {Value(shape)};
  plan.inputs = {0};
  for (int i = 1; i <= 300; ++i) {  // 300 tensors of 16 GiB, all alive to the end
    plan.values.push_back(Value(shape));
    plan.steps.push_back({"copy", ActivationParams{}, {0}, {i}});
    plan.outputs.push_back(i);
  }
  const auto session = MakeReferenceDevice({})->Compile(plan);
  EXPECT_TRUE(absl::IsResourceExhausted(session.status())) << session.status();
  EXPECT_THAT(std::string(session.status().message()), HasSubstr("'huge' needs"));
}

}  // namespace
}  // namespace convoy::compute
