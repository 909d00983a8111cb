#include "compute/runtime/fallback_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "compute/base/status.h"
#include "compute/runtime/reference_session.h"

namespace convoy::compute {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

// The reference device, but without a kernel for activations.
class PickyDevice : public Device {
 public:
  PickyDevice() { facts_.id = "picky"; }

  const DeviceFacts& facts() const override { return facts_; }

  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override {
    for (const PlanStep& step : plan.steps) {
      if (!std::holds_alternative<ActivationParams>(step.op)) continue;
      return absl::UnimplementedError("no activations here");
    }
    steps_compiled += static_cast<int>(plan.steps.size());
    return inner_->Compile(plan);
  }

  int steps_compiled = 0;

 private:
  std::unique_ptr<Device> inner_ = MakeReferenceDevice({});
  DeviceFacts facts_;
};

// y = sigmoid(x + c) * x, and x + c is an output, too.
Plan MakePlan() {
  const TensorSpec spec{DType::kFloat32, {2}};
  const std::vector<float> ones{1, 1};
  Plan plan;
  plan.name = "mixed";
  for (const char* name : {"x", "c", "sum", "gate", "y"}) {
    plan.values.push_back({name, spec, nullptr});
  }
  plan.values[1].constant = std::make_shared<const HostTensor>(HostTensor::FromFloats({2}, ones));
  plan.inputs = {0};
  plan.outputs = {4, 2, 1};
  plan.steps.push_back({"add", BinaryParams{BinaryKind::kAdd, {}}, {0, 1}, {2}});
  plan.steps.push_back({"gate", ActivationParams{ActivationKind::kSigmoid}, {2}, {3}});
  plan.steps.push_back({"mul", BinaryParams{BinaryKind::kMul, {}}, {3, 0}, {4}});
  return plan;
}

std::vector<float> Output(const Session& session, int i) {
  const std::span<const std::byte> bytes = session.output(i);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(FallbackDeviceTest, StepsWithoutKernelRunOnTheSecondDevice) {
  auto picky = std::make_unique<PickyDevice>();
  const std::unique_ptr<Device> device =
      MakeFallbackDevice(std::move(picky), MakeReferenceDevice({}));
  EXPECT_THAT(device->facts().properties, Contains(Pair("fallback", "reference")));
  const auto session = device->Compile(MakePlan());
  ASSERT_TRUE(session.ok()) << session.status();
  for (const float start : {0.5F, -2.0F}) {
    const std::array<float, 2> x{start, start + 1};
    std::memcpy((*session)->input(0).data(), x.data(), sizeof(x));
    ASSERT_TRUE((*session)->Run().ok());
    const auto gated = [](float value) { return value / (1 + std::exp(-(value + 1))); };
    EXPECT_FLOAT_EQ(Output(**session, 0)[0], gated(x[0]));
    EXPECT_FLOAT_EQ(Output(**session, 0)[1], gated(x[1]));
    EXPECT_THAT(Output(**session, 1), ElementsAre(x[0] + 1, x[1] + 1));
    EXPECT_THAT(Output(**session, 2), ElementsAre(1, 1));
  }
}

std::vector<std::string> DevicesOf(const SessionReport& report) {
  std::vector<std::string> devices;
  for (const StepReport& step : report.steps) devices.push_back(step.step + " " + step.device);
  return devices;
}

TEST(FallbackDeviceTest, EveryStepNamesTheDeviceThatRunsIt) {
  const std::unique_ptr<Device> device =
      MakeFallbackDevice(std::make_unique<PickyDevice>(), MakeReferenceDevice({}));
  const auto session = device->Compile(MakePlan());
  ASSERT_TRUE(session.ok()) << session.status();
  const auto expected = ElementsAre("add picky", "gate reference", "mul picky");
  EXPECT_THAT(DevicesOf((*session)->report()), expected);
  const absl::StatusOr<SessionReport> profile = (*session)->Profile(2);
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_THAT(DevicesOf(*profile), expected);
}

TEST(FallbackDeviceTest, TellsWhyAStepMovedWhereSomebodyAsks) {
  for (const bool explain : {false, true}) {
    const std::unique_ptr<Device> device =
        MakeFallbackDevice(std::make_unique<PickyDevice>(), MakeReferenceDevice({}), explain);
    const auto session = device->Compile(MakePlan());
    ASSERT_TRUE(session.ok()) << session.status();
    for (const StepReport& step : (*session)->report().steps) {
      ASSERT_EQ(step.others.size(), explain && step.step == "gate" ? 1U : 0U) << step.step;
      if (step.others.empty()) continue;
      EXPECT_EQ(step.others[0].kernel, "picky");
      EXPECT_FALSE(step.others[0].why.empty());
    }
  }
}

TEST(FallbackDeviceTest, APlanThatTheFirstDeviceCoversStaysThere) {
  auto owned = std::make_unique<PickyDevice>();
  PickyDevice& picky = *owned;
  const std::unique_ptr<Device> device =
      MakeFallbackDevice(std::move(owned), MakeReferenceDevice({}));
  Plan plan = MakePlan();
  plan.steps[1].op = BinaryParams{BinaryKind::kAdd, {}};
  plan.steps[1].inputs = {2, 2};
  ASSERT_TRUE(device->Compile(plan).ok());
  EXPECT_EQ(picky.steps_compiled, 3);
}

TEST(FallbackDeviceTest, OtherErrorsAreNotHidden) {
  const std::unique_ptr<Device> device =
      MakeFallbackDevice(std::make_unique<PickyDevice>(), MakeReferenceDevice({}));
  Plan plan = MakePlan();
  plan.steps[0].inputs = {0};
  EXPECT_FALSE(device->Compile(plan).ok());
}

}  // namespace
}  // namespace convoy::compute
