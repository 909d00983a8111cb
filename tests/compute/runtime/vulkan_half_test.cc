// Tensors that a Vulkan device keeps as halves: rounding, what stays FP32, and the memory saved.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "compute/tensor/half.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/test_devices.h"

namespace convoy::compute {
namespace {

using ::convoy::testing::HalfTestDeviceNames;
using ::convoy::testing::PlanDraft;
using ::convoy::testing::RandomFloats;
using ::convoy::testing::TestDevice;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kLeastNormalHalf = 0x1p-14F;

class VulkanHalfTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    messages_before_ = ValidationMessageCount();
    const absl::StatusOr<Device*> device = TestDevice(GetParam());
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    device_ = *device;
  }
  void TearDown() override { EXPECT_EQ(ValidationMessageCount(), messages_before_); }

  std::unique_ptr<Session> Compile(Device& device, const Plan& plan) {
    absl::StatusOr<std::unique_ptr<Session>> session = device.Compile(plan);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }

  Device* device_ = nullptr;
  int messages_before_ = 0;
};

// An average over one pixel: changes nothing, but its tensors are images.
PoolParams IdentityPool() {
  PoolParams params{.kind = PoolKind::kAverage};
  params.window.rank = 2;
  return params;
}

// What a store meets: halves, ties, values between, subnormals, the end of the range, and beyond.
std::vector<float> Values() {
  std::vector<float> values{0,
                            1,
                            -1,
                            1 + 0x1p-11F,
                            1 + 0x1.8p-10F,
                            65504,
                            65519.99F,
                            65520,
                            -70000,
                            1e30F,
                            kInfinity,
                            -kInfinity,
                            0x1p-14F,
                            0x1p-24F,
                            0x1p-25F,
                            0x1.8p-24F,
                            -0x1.4p-23F,
                            1e-10F,
                            0x1.ffcp-15F,
                            0x1.fffffep-15F,
                            2047.5F,
                            2048.5F,
                            std::numeric_limits<float>::quiet_NaN()};
  for (const float magnitude : {1e-6F, 1e-3F, 1.0F, 300.0F, 65000.0F}) {
    const std::vector<float> drawn = RandomFloats(53, 7, -magnitude, magnitude);
    values.insert(values.end(), drawn.begin(), drawn.end());
  }
  return values;
}

TEST_P(VulkanHalfTest, StoresRoundToTheNearestHalfTiesToEven) {
  const std::vector<float> values = Values();
  PlanDraft draft;
  const int x = draft.Input({1, 2, 1, static_cast<int64_t>(values.size()) / 2});
  draft.Output(draft.Step(IdentityPool(), {x}));
  ASSERT_EQ(values.size() % 2, 0U);
  const std::unique_ptr<Session> session = Compile(*device_, draft.plan());
  ASSERT_NE(session, nullptr);
  std::memcpy(session->input(0).data(), values.data(), session->input(0).size());
  ASSERT_TRUE(session->Run().ok());
  std::vector<float> stored(values.size());
  std::memcpy(stored.data(), session->output(0).data(), session->output(0).size());
  for (size_t i = 0; i < values.size(); ++i) {
    const float expected = HalfToFloat(FloatToHalf(values[i]));
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(stored[i])) << values[i];
    } else if (stored[i] != expected) {
      // A driver may read subnormal halves as 0.
      EXPECT_TRUE(std::abs(expected) < kLeastNormalHalf && stored[i] == 0)
          << values[i] << " is stored as " << stored[i] << ", not as " << expected;
    }
  }
}

TEST_P(VulkanHalfTest, ImagesFiltersAndMatricesTakeHalfTheMemory) {
  const absl::StatusOr<Device*> full = TestDevice("vulkan");
  ASSERT_TRUE(full.ok()) << full.status();
  ConvParams conv{.has_bias = true};
  conv.window.kernel = {1, 3, 3};
  PlanDraft draft;
  int x = draft.Input({2, 8, 34, 34});
  for (int layer = 0; layer < 3; ++layer) {
    x = draft.Step(conv, {x, draft.Weights({8, 8, 3, 3}, 0.2F), draft.Weights({8}, 1)});
  }
  draft.Output(x);
  const std::unique_ptr<Session> halves = Compile(*device_, draft.plan());
  const std::unique_ptr<Session> floats = Compile(**full, draft.plan());
  ASSERT_TRUE(halves != nullptr && floats != nullptr);
  EXPECT_LT(halves->report().arena_bytes, 0.55 * floats->report().arena_bytes);
  EXPECT_LT(halves->report().weight_bytes, floats->report().weight_bytes);
  for (const StepReport& step : halves->report().steps) {
    EXPECT_GT(step.half_bytes, 0) << step.step;
    EXPECT_LE(step.half_bytes, step.moved_bytes) << step.step;
  }
  for (const StepReport& step : floats->report().steps) EXPECT_EQ(step.half_bytes, 0) << step.step;
}

// Between images of halves and images of integers, and to halves that leave the graph.
TEST_P(VulkanHalfTest, CastsOfImagesAreExact) {
  PlanDraft draft;
  const int image = draft.Step(IdentityPool(), {draft.Input({3, 5, 4, 6})});
  const int integers = draft.Step(CastParams{DType::kInt32}, {image});
  draft.Output(draft.Step(CastParams{DType::kFloat32}, {integers}));
  draft.Output(draft.Step(CastParams{DType::kFloat16}, {image}));
  const std::unique_ptr<Session> session = Compile(*device_, draft.plan());
  ASSERT_NE(session, nullptr);
  const std::vector<float> values = RandomFloats(3 * 5 * 4 * 6, 9, -2000, 2000);
  std::memcpy(session->input(0).data(), values.data(), session->input(0).size());
  ASSERT_TRUE(session->Run().ok());
  for (size_t i = 0; i < values.size(); ++i) {
    float whole = 0;
    std::memcpy(&whole, session->output(0).data() + sizeof(whole) * i, sizeof(whole));
    uint16_t half = 0;
    std::memcpy(&half, session->output(1).data() + sizeof(half) * i, sizeof(half));
    EXPECT_EQ(half, FloatToHalf(values[i])) << values[i];
    EXPECT_EQ(whole, std::trunc(HalfToFloat(half))) << values[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, VulkanHalfTest, ::testing::ValuesIn(HalfTestDeviceNames()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace convoy::compute
