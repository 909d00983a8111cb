// The worked examples of a CNN course, with numbers that were computed by hand, on every device.
// docs/course.md leads here. Each runs for one row and for three, which all give the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "absl/strings/str_format.h"
#include "compute/plan/plan.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

using compute::HostTensor;
using compute::OpParams;
using compute::Shape;
using compute::TensorSpec;

using Values = std::vector<float>;

// A tensor whose first dimension is 1: one row of a batch, or weights.
struct Operand {
  Shape shape;
  Values values;
};

// The 4x4 image of the course, one channel.
const Operand kImage{{1, 1, 4, 4},
                     {1, 0.5, 1, 0,     //
                      0, 0.25, 0.5, 1,  //
                      1, 0.25, 0, 1,    //
                      0.5, 0, 1, 1}};
// Its 2x2 filter.
const Operand kFilter{{1, 1, 2, 2},
                      {1, 0,  //
                       0, 2}};
// Counts from 1 to 16, so that every window has another maximum.
const Operand kCounting{{1, 1, 4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

compute::Window Window2d(int64_t kernel, int64_t stride = 1, int64_t pad = 0) {
  compute::Window window;
  window.kernel = {1, kernel, kernel};
  window.strides = {1, stride, stride};
  window.pads_begin = window.pads_end = {0, pad, pad};
  return window;
}

compute::ConvParams Conv2d(int64_t kernel, int64_t stride = 1, int64_t pad = 0) {
  compute::ConvParams conv;
  conv.window = Window2d(kernel, stride, pad);
  return conv;
}

class CourseTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const absl::StatusOr<compute::Device*> device = TestDevice(GetParam());
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    device_ = *device;
  }

  // y = op(x, constants...) has this shape and these values in each row.
  void Expect(const OpParams& op, const Operand& x, const std::vector<Operand>& constants,
              const Operand& y) {
    for (const int64_t rows : {1, 3}) {
      SCOPED_TRACE(absl::StrFormat("%d rows", rows));
      const absl::StatusOr<compute::Plan> plan = OneStep(op, x, constants, rows);
      ASSERT_TRUE(plan.ok()) << plan.status();
      const TensorSpec& made = plan->values[plan->outputs[0]].spec;
      Shape expected = y.shape;
      expected[0] = rows;
      ASSERT_EQ(made.shape, expected);
      auto session = device_->Compile(*plan);
      ASSERT_TRUE(session.ok()) << session.status();
      const size_t bytes = x.values.size() * sizeof(float);
      for (int64_t row = 0; row < rows; ++row) {
        std::memcpy((*session)->input(0).subspan(static_cast<size_t>(row) * bytes).data(),
                    x.values.data(), bytes);
      }
      ASSERT_TRUE((*session)->Run().ok());
      for (int64_t row = 0; row < rows; ++row) {
        Values got(y.values.size());
        const size_t size = got.size() * sizeof(float);
        std::memcpy(got.data(),
                    (*session)->output(0).subspan(static_cast<size_t>(row) * size).data(), size);
        EXPECT_THAT(got, ::testing::Pointwise(::testing::FloatNear(1e-5F), y.values));
      }
    }
  }

 private:
  static absl::StatusOr<compute::Plan> OneStep(const OpParams& op, const Operand& x,
                                               const std::vector<Operand>& constants,
                                               int64_t rows) {
    compute::Plan plan;
    plan.name = "course";
    TensorSpec input{compute::DType::kFloat32, x.shape};
    input.shape[0] = rows;
    plan.values.push_back({"x", input, nullptr});
    std::vector<TensorSpec> specs = {input};
    compute::PlanStep step{"the step", op, {0}, {}};
    for (const Operand& constant : constants) {
      auto tensor = std::make_shared<const HostTensor>(
          HostTensor::FromFloats(constant.shape, constant.values));
      specs.push_back(tensor->spec());
      step.inputs.push_back(static_cast<int>(plan.values.size()));
      plan.values.push_back({"constant", tensor->spec(), tensor});
    }
    const auto outputs = InferShapes(op, specs);
    if (!outputs.ok()) return outputs.status();
    const int output = static_cast<int>(plan.values.size());
    plan.values.push_back({"y", (*outputs)[0], nullptr});
    step.outputs = {output};
    plan.steps = {step};
    plan.inputs = {0};
    plan.outputs = {output};
    return plan;
  }

  compute::Device* device_ = nullptr;
};

TEST_P(CourseTest, FilterAtStrideOne) {
  Expect(Conv2d(2), kImage, {kFilter},
         {{1, 1, 3, 3},
          {1.5, 1.5, 3,     //
           0.5, 0.25, 2.5,  //
           1, 2.25, 2}});
}

TEST_P(CourseTest, FilterAtStrideTwo) {
  Expect(Conv2d(2, 2), kImage, {kFilter},
         {{1, 1, 2, 2},
          {1.5, 3,  //
           1, 2}});
}

TEST_P(CourseTest, ZeroPaddingOfOne) {
  Expect(Conv2d(2, 1, 1), kImage, {kFilter}, {{1, 1, 5, 5}, {2, 1,   2,    0,   0,  //
                                                             0, 1.5, 1.5,  3,   0,  //
                                                             2, 0.5, 0.25, 2.5, 1,  //
                                                             1, 1,   2.25, 2,   1,  //
                                                             0, 0.5, 0,    1,   1}});
}

TEST_P(CourseTest, ZeroPaddingOfOneAtStrideTwo) {
  Expect(Conv2d(2, 2, 1), kImage, {kFilter},
         {{1, 1, 3, 3},
          {2, 2, 0,     //
           2, 0.25, 1,  //
           0, 0, 1}});
}

// Padding (kernel - 1) / 2 on every side keeps the size. The filter is Laplace's.
TEST_P(CourseTest, SamePaddingKeepsTheSize) {
  const Operand laplace{{1, 1, 3, 3},
                        {0, 1, 0,   //
                         1, -4, 1,  //
                         0, 1, 0}};
  Expect(Conv2d(3, 1, 1), kImage, {laplace},
         {{1, 1, 4, 4},
          {-3.5, 0.25, -3, 2,       //
           2.25, 0.25, 0.25, -2.5,  //
           -3.25, 0.25, 2.75, -2,   //
           -1, 1.75, -3, -2}});
}

// Channels: the image, ones, the image again. The first filter adds the course's filter on channel
// 0 to the sum of channel 1; the second takes one pixel of channel 1 and the right neighbour in
// channel 2. The biases are 0.5 and -1.
TEST_P(CourseTest, ThreeChannelsAndTwoFilters) {
  Operand x{{1, 3, 4, 4}, kImage.values};
  x.values.insert(x.values.end(), 16, 1.0F);
  x.values.insert(x.values.end(), kImage.values.begin(), kImage.values.end());
  const Operand filters{{2, 3, 2, 2}, {1, 0, 0, 2, 1, 1, 1, 1, 0, 0, 0, 0,  //
                                       0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0}};
  compute::ConvParams conv = Conv2d(2);
  conv.has_bias = true;
  Expect(conv, x, {filters, {{2}, {0.5, -1}}},
         {{1, 2, 3, 3},
          {6, 6, 7.5, 5, 4.75, 7, 5.5, 6.75, 6.5,  //
           0.5, 1, 0, 0.25, 0.5, 1, 0.25, 0, 1}});
}

// A 1x1 filter mixes channels and looks at no neighbour.
TEST_P(CourseTest, OneByOneFilterMixesChannels) {
  const Operand x{{1, 3, 1, 2},
                  {1, 2,    //
                   10, 20,  //
                   100, 200}};
  const Operand filters{{2, 3, 1, 1},
                        {1, 1, 1,  //
                         3, 0, -1}};
  Expect(Conv2d(1), x, {filters}, {{1, 2, 1, 2}, {111, 222, -97, -194}});
}

// AlexNet's convolutions in two groups: each filter sees half of the channels, so that with filters
// of ones the first sums channels 0 and 1, the second channels 2 and 3.
TEST_P(CourseTest, TwoGroupsSeeHalfOfTheChannelsEach) {
  const Operand x{{1, 4, 2, 2}, {1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4}};
  const Operand filters{{2, 2, 2, 2}, Values(16, 1)};
  compute::ConvParams conv = Conv2d(2);
  conv.group = 2;
  Expect(conv, x, {filters}, {{1, 2, 1, 1}, {12, 28}});
}

// As many groups as channels: MobileNet's depthwise convolution.
TEST_P(CourseTest, DepthwiseFiltersSeeOneChannelEach) {
  const Operand x{{1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}};
  const Operand filters{{2, 1, 2, 2},
                        {1, 0, 0, 1,  //
                         0, 1, 1, 0}};
  compute::ConvParams conv = Conv2d(2);
  conv.group = 2;
  Expect(conv, x, {filters}, {{1, 2, 1, 1}, {5, 13}});
}

TEST_P(CourseTest, MaxPoolingTwoByTwo) {
  const compute::PoolParams pool{compute::PoolKind::kMax, Window2d(2, 2)};
  Expect(pool, kImage, {}, {{1, 1, 2, 2}, {1, 1, 1, 1}});
  Expect(pool, kCounting, {}, {{1, 1, 2, 2}, {6, 8, 14, 16}});
}

TEST_P(CourseTest, AveragePoolingTwoByTwo) {
  const compute::PoolParams pool{compute::PoolKind::kAverage, Window2d(2, 2)};
  Expect(pool, kImage, {}, {{1, 1, 2, 2}, {0.4375, 0.625, 0.4375, 0.75}});
  Expect(pool, kCounting, {}, {{1, 1, 2, 2}, {3.5, 5.5, 11.5, 13.5}});
}

// Images of any size become one value a channel.
TEST_P(CourseTest, GlobalPoolingTakesAnySize) {
  const compute::GlobalPoolParams pool{compute::PoolKind::kAverage};
  Expect(pool, kCounting, {}, {{1, 1, 1, 1}, {8.5}});
  Expect(pool, {{1, 1, 1, 3}, {1, 2, 6}}, {}, {{1, 1, 1, 1}, {3}});
}

// A signal has one spatial dimension; its filter takes differences.
// Images of different shapes, one size behind it. Windows overlap where 2 does not divide 5.
TEST_P(CourseTest, AdaptivePoolingBringsImagesToOneSize) {
  const compute::AdaptivePoolParams average{
      .kind = compute::PoolKind::kAverage, .rank = 2, .size = {1, 2, 2}};
  Expect(average, kCounting, {}, {{1, 1, 2, 2}, {3.5F, 5.5F, 11.5F, 13.5F}});
  const Operand wide{{1, 1, 2, 5}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}};
  Expect(average, wide, {}, {{1, 1, 2, 2}, {2, 4, 7, 9}});
  compute::AdaptivePoolParams max = average;
  max.kind = compute::PoolKind::kMax;
  Expect(max, wide, {}, {{1, 1, 2, 2}, {3, 5, 8, 10}});
}

TEST_P(CourseTest, SignalWithAOneDimensionalFilter) {
  compute::ConvParams conv;
  conv.window.rank = 1;
  conv.window.kernel = {1, 1, 3};
  const Operand signal{{1, 1, 5}, {1, 3, 2, 5, 4}};
  const Operand difference{{1, 1, 3}, {1, 0, -1}};
  Expect(conv, signal, {difference}, {{1, 1, 3}, {-1, -2, -2}});
  conv.window.dilations = {1, 1, 2};
  Expect(conv, signal, {difference}, {{1, 1, 1}, {-3}});
}

// A volume (C, D, H, W) of two channels, 3x3x3 voxels: the first counts from 0 to 26, the second is
// 1. The filter is 1 on the first and 2 on the second channel: 351 + 2 * 27.
TEST_P(CourseTest, VolumeWithAThreeDimensionalFilter) {
  Operand volume{{1, 2, 3, 3, 3}, {}};
  for (int i = 0; i < 27; ++i) volume.values.push_back(static_cast<float>(i));
  volume.values.insert(volume.values.end(), 27, 1.0F);
  Operand filter{{1, 2, 3, 3, 3}, Values(27, 1)};
  filter.values.insert(filter.values.end(), 27, 2.0F);
  compute::ConvParams conv;
  conv.window.rank = 3;
  conv.window.kernel = {3, 3, 3};
  Expect(conv, volume, {filter}, {{1, 1, 1, 1, 1}, {405}});
  // With "same" padding and at stride 2 the eight corners are left: sums of 2x2x2 voxels.
  conv.window.pads_begin = conv.window.pads_end = {1, 1, 1};
  conv.window.strides = {2, 2, 2};
  Expect(conv, volume, {filter}, {{1, 1, 2, 2, 2}, {68, 76, 92, 100, 140, 148, 164, 172}});
}

// Every input pixel lays the filter, times its value, over the output, at steps of the stride.
TEST_P(CourseTest, UpConvolutionLaysTheFilterOverTheOutput) {
  compute::ConvTransposeParams up;
  up.window = Window2d(2, 2);
  const Operand x{{1, 1, 2, 2}, {1, 2, 3, 4}};
  Expect(up, x, {kFilter},
         {{1, 1, 4, 4},
          {1, 0, 2, 0,  //
           0, 2, 0, 4,  //
           3, 0, 4, 0,  //
           0, 6, 0, 8}});
  up.window = Window2d(2, 1);  // overlaps are summed
  Expect(up, x, {kFilter},
         {{1, 1, 3, 3},
          {1, 2, 0,  //
           3, 6, 4,  //
           0, 6, 8}});
}

// (x - mean) / sqrt(variance) * scale + shift, a channel each.
TEST_P(CourseTest, BatchNormalisationOfTwoChannels) {
  const Operand x{{1, 2, 1, 2}, {1, 3, 10, 20}};
  Expect(compute::BatchNormParams{0}, x,
         {{{2}, {3, 1}}, {{2}, {1, 0}}, {{2}, {2, 10}}, {{2}, {4, 25}}},
         {{1, 2, 1, 2}, {-0.5, 2.5, 0, 2}});
}

// y = ReLU(F(x) + x), here with F(x) constant.
TEST_P(CourseTest, ResidualConnectionAddsAndThenRectifies) {
  compute::BinaryParams add;
  add.activation.kind = compute::ActivationKind::kRelu;
  Expect(add, {{1, 2, 1, 1}, {1, -2}}, {{{1, 2, 1, 1}, {-3, 5}}}, {{1, 2, 1, 1}, {0, 3}});
}

TEST_P(CourseTest, ActivationFunctions) {
  const Operand x{{1, 3}, {-2, 0, 2}};
  Expect(compute::ActivationParams{compute::ActivationKind::kRelu}, x, {}, {{1, 3}, {0, 0, 2}});
  Expect(compute::ActivationParams{compute::ActivationKind::kLeakyRelu, 0.1F}, x, {},
         {{1, 3}, {-0.2F, 0, 2}});
  Expect(compute::ActivationParams{compute::ActivationKind::kSigmoid}, x, {},
         {{1, 3}, {0.119203F, 0.5F, 0.880797F}});
}

// Scores 0, ln 2 and ln 5 become shares 1 : 2 : 5.
TEST_P(CourseTest, SoftmaxTurnsScoresIntoShares) {
  Expect(compute::SoftmaxParams{1}, {{1, 3}, {0, 0.693147181F, 1.609437912F}}, {},
         {{1, 3}, {0.125, 0.25, 0.625}});
}

INSTANTIATE_TEST_SUITE_P(Devices, CourseTest, ::testing::ValuesIn(TestDeviceNames()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace convoy::testing
