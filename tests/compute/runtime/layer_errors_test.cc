#include "compute/runtime/layer_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "compute/runtime/reference_session.h"
#include "compute/runtime/step_kernels.h"

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// A device whose binary operators give their first element too much.
class LyingDevice : public Device {
 public:
  explicit LyingDevice(float lie) : lie_(lie), device_(MakeReferenceDevice({})) {}

  const DeviceFacts& facts() const override { return device_->facts(); }
  absl::StatusOr<std::unique_ptr<Session>> Compile(const Plan& plan) override {
    Plan changed = plan;
    for (PlanStep& step : changed.steps) {
      if (!std::holds_alternative<BinaryParams>(step.op)) continue;
      // Same shapes, other answer: the second operand is a constant of the lie's own.
      PlanValue& constant = changed.values[step.inputs[1]];
      HostTensor tensor(constant.spec);
      std::memcpy(tensor.bytes().data(), constant.constant->bytes().data(), tensor.bytes().size());
      tensor.mutable_data<float>()[0] += lie_;
      constant.constant = std::make_shared<const HostTensor>(std::move(tensor));
    }
    ++compiled;
    return device_->Compile(changed);
  }

  int compiled = 0;

 private:
  float lie_;
  std::unique_ptr<Device> device_;
};

// y = relu(relu(x) + [10, 20, 30, 40]), each value 16 bytes.
Plan ThreeSteps() {
  const TensorSpec spec{DType::kFloat32, {1, 4}};
  const std::vector<float> bias = {10, 20, 30, 40};
  Plan plan;
  plan.name = "three";
  plan.values = {{"x", spec, nullptr},
                 {"a", spec, nullptr},
                 {"w", spec, std::make_shared<HostTensor>(HostTensor::FromFloats({1, 4}, bias))},
                 {"b", spec, nullptr},
                 {"y", spec, nullptr}};
  plan.steps = {{"relu1", ActivationParams{ActivationKind::kRelu}, {0}, {1}},
                {"add", BinaryParams{}, {1, 2}, {3}},
                {"relu2", ActivationParams{ActivationKind::kRelu}, {3}, {4}}};
  plan.inputs = {0};
  plan.outputs = {4};
  return plan;
}

std::vector<HostTensor> Input() {
  std::vector<HostTensor> inputs;
  inputs.push_back(HostTensor::FromFloats({1, 4}, std::vector<float>{-1, 2, 3, 4}));
  return inputs;
}

TEST(LayerErrorsTest, ADeviceAgreesWithItself) {
  const std::unique_ptr<Device> device = MakeReferenceDevice({});
  const auto layers = CompareLayers(ThreeSteps(), *device, *device, Input(), {});
  ASSERT_TRUE(layers.ok()) << layers.status();
  ASSERT_THAT(*layers, SizeIs(3));
  for (const LayerError& layer : *layers) EXPECT_EQ(layer.relative, 0) << layer.step;
  EXPECT_EQ((*layers)[1].largest, 44);
  EXPECT_EQ((*layers)[1].kernel, "reference");
  EXPECT_EQ((*layers)[1].op, "Binary");
}

TEST(LayerErrorsTest, TheErrorBeginsAtTheLayerThatMakesItAndTravelsOn) {
  const std::unique_ptr<Device> reference = MakeReferenceDevice({});
  // In one part, and with every step in a part of its own.
  for (const int64_t limit : {int64_t{1} << 20, int64_t{1}}) {
    LyingDevice device(0.5F);
    const auto layers = CompareLayers(ThreeSteps(), device, *reference, Input(), {limit});
    ASSERT_TRUE(layers.ok()) << layers.status();
    ASSERT_THAT(*layers, SizeIs(3));
    EXPECT_EQ(device.compiled, limit == 1 ? 3 : 1);
    EXPECT_EQ((*layers)[0].max_abs, 0);
    EXPECT_EQ((*layers)[1].step, "add");
    EXPECT_EQ((*layers)[1].max_abs, 0.5);
    EXPECT_EQ((*layers)[1].relative, 0.5 / 44);
    EXPECT_EQ((*layers)[2].max_abs, 0.5);
  }
}

TEST(LayerErrorsTest, InputsMustFitThePlan) {
  const std::unique_ptr<Device> device = MakeReferenceDevice({});
  EXPECT_THAT(CompareLayers(ThreeSteps(), *device, *device, {}, {}).status().ToString(),
              HasSubstr("has 1 inputs, but 0 are given"));
  std::vector<HostTensor> wrong;
  wrong.emplace_back(TensorSpec{DType::kFloat32, {2, 4}});
  EXPECT_THAT(CompareLayers(ThreeSteps(), *device, *device, wrong, {}).status().ToString(),
              HasSubstr("is FP32[1x4], but FP32[2x4] is given"));
}

LayerError Compare(const std::vector<float>& actual, const std::vector<float>& expected) {
  const auto size = static_cast<int64_t>(actual.size());
  return CompareTensors(HostTensor::FromFloats({size}, actual).view(),
                        HostTensor::FromFloats({size}, expected).view());
}

TEST(LayerErrorsTest, InfinityAndNanAgreeOnlyWithThemselves) {
  EXPECT_EQ(Compare({kNan, kInfinity, 2}, {kNan, kInfinity, 2}).relative, 0);
  EXPECT_EQ(Compare({1, 2}, {kNan, 2}).relative, kInfinity);
  EXPECT_EQ(Compare({kNan, 2}, {1, 2}).relative, kInfinity);
  EXPECT_EQ(Compare({-kInfinity, 2}, {kInfinity, 2}).relative, kInfinity);
  EXPECT_EQ(Compare({kInfinity, 1}, {kInfinity, 2}).relative, 0.5) << "of the finite values";
  EXPECT_EQ(Compare({1e-9F, 0}, {0, 0}).relative, kInfinity) << "there is nothing to relate to";
}

TEST(LayerErrorsTest, IntegersAreCompared) {
  HostTensor a(TensorSpec{DType::kInt64, {2}});
  HostTensor b(TensorSpec{DType::kInt64, {2}});
  a.mutable_data<int64_t>()[1] = -3;
  b.mutable_data<int64_t>()[1] = -4;
  EXPECT_EQ(CompareTensors(a.view(), b.view()).max_abs, 1);
  EXPECT_EQ(CompareTensors(a.view(), b.view()).largest, 4);
}

TEST(StepKernelsTest, StepsThatTheDeviceAddedAreSkipped) {
  const Plan plan = ThreeSteps();
  SessionReport report;
  for (const auto& [step, kernel] : std::vector<std::pair<std::string, std::string>>{
           {"pack", "p"}, {"relu1", "r"}, {"reorder", "o"}, {"relu2", "s"}}) {
    report.steps.push_back({step, kernel, {}, 0});
  }
  EXPECT_THAT(KernelsOfSteps(plan, report), ElementsAre("r", "", "s"));
}

}  // namespace
}  // namespace convoy::compute
