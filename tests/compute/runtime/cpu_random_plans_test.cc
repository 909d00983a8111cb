// Random networks on the cpu device against the reference: the layouts, copies and lifetimes that
// the session decides on must never show in an answer.
#include <cstring>
#include <optional>
#include <random>

#include "absl/strings/str_format.h"
#include "compute/base/checked.h"
#include "compute/runtime/cpu_session.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::Device;
using compute::Plan;
using compute::PoolKind;
using compute::Session;
using compute::Shape;
using compute::Window;

constexpr double kNetBound = 1e-4;
constexpr int kSteps = 9;

// Draws one network of [N, C, spatial...] tensors, each step reading any earlier values that fit.
class RandomNet {
 public:
  RandomNet(uint32_t seed, int64_t batch) : random_(seed), rank_(Pick({1, 2, 2, 2, 3})) {
    Shape shape{batch, Pick({1, 3, 5, 13, 16, 32})};
    for (int i = 0; i < rank_; ++i) shape.Append(Pick({5, 7, 8, 9}));
    values_.push_back(draft_.Input(shape));
    for (int i = 0; i < kSteps; ++i) AddStep();
    draft_.Output(AddHead(values_.back()));
    draft_.Output(values_[values_.size() / 2]);
  }

  const Plan& plan() const { return draft_.plan(); }

 private:
  int64_t Pick(std::initializer_list<int64_t> choices) {
    return choices.begin()[random_() % choices.size()];
  }
  bool Chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  const Shape& shape(int value) const { return draft_.plan().values[value].spec.shape; }
  // A late value more often than an early one: real networks are deep.
  int AnyValue() {
    if (Chance(60)) return values_.back();
    return values_[random_() % values_.size()];
  }
  // Another value of the same shape, if there is one.
  std::optional<int> Twin(const Shape& wanted) {
    std::vector<int> fitting;
    for (const int value : values_) {
      if (shape(value) == wanted) fitting.push_back(value);
    }
    if (fitting.empty()) return std::nullopt;
    return fitting[random_() % fitting.size()];
  }
  ActivationParams AnyActivation() {
    switch (random_() % 6) {
      case 0:
        return {ActivationKind::kLeakyRelu, 0.2F, 0};
      case 1:
        return {ActivationKind::kClip, -0.25F, 0.75F};
      case 2:
        return {ActivationKind::kSigmoid, 0, 0};
      case 3:
        return {ActivationKind::kTanh, 0, 0};
      case 4:
        return {};
      default:
        return {ActivationKind::kRelu, 0, 0};
    }
  }

  // Kernel, stride and padding that keep at least one pixel of `in`.
  Window AnyWindow(const Shape& in) {
    Window window;
    window.rank = rank_;
    for (int i = 0; i < rank_; ++i) {
      const int axis = 3 - rank_ + i;
      window.kernel[axis] = std::min(Pick({1, 2, 3}), in[2 + i]);
      window.strides[axis] = in[2 + i] > 4 ? Pick({1, 1, 2}) : 1;
      window.pads_begin[axis] = window.kernel[axis] / 2;
      window.pads_end[axis] = window.kernel[axis] > 1 ? Pick({0, 1}) : 0;
    }
    return window;
  }

  void AddStep() {
    const int x = AnyValue();
    switch (random_() % 9) {
      case 0:
      case 1:
      case 2:
        return values_.push_back(AddConv(x));
      case 3:
        return values_.push_back(AddPool(x));
      case 4:
        return values_.push_back(AddBinary(x));
      case 5:
        return values_.push_back(AddConcat(x));
      case 6:
        return values_.push_back(draft_.Step(AnyActivation(), {x}));
      case 7:
        return values_.push_back(AddMove(x));
      default:
        return values_.push_back(AddUpconv(x));
    }
  }

  int AddConv(int x) {
    compute::ConvParams params;
    params.window = AnyWindow(shape(x));
    const int64_t in = shape(x)[1];
    if (Chance(20)) params.group = in;
    // Channels as an earlier value has them, so that residuals find partners.
    int64_t out = params.group > 1 ? in : shape(AnyValue())[1];
    if (params.group == 1 && Chance(40)) out = Pick({1, 4, 7, 16, 33});
    Shape weights{out, in / params.group};
    float fan_in = static_cast<float>(in / params.group);
    for (int i = 3 - rank_; i < 3; ++i) {
      weights.Append(params.window.kernel[i]);
      fan_in *= static_cast<float>(params.window.kernel[i]);
    }
    params.has_bias = Chance(70);
    params.activation = AnyActivation();
    std::vector<int> inputs = {x, draft_.Weights(weights, 2.0F / std::sqrt(fan_in))};
    if (params.has_bias) inputs.push_back(draft_.Weights({out}, 0.5F));
    Shape made{shape(x)[0], out};
    for (int i = 0; i < rank_; ++i) {
      const int axis = 3 - rank_ + i;
      const Window& window = params.window;
      made.Append((shape(x)[2 + i] + window.pads_begin[axis] + window.pads_end[axis] -
                   window.kernel[axis]) /
                      window.strides[axis] +
                  1);
    }
    if (const std::optional<int> residual = Twin(made)) {
      params.has_residual = true;
      inputs.push_back(*residual);
    }
    return draft_.Step(params, inputs);
  }

  int AddUpconv(int x) {
    compute::ConvTransposeParams params;
    params.window.rank = rank_;
    Shape weights{shape(x)[1], Pick({1, 5, 16})};
    for (int i = 0; i < rank_; ++i) {
      const int axis = 3 - rank_ + i;
      params.window.kernel[axis] = Pick({1, 2, 3});
      params.window.strides[axis] = shape(x)[2 + i] < 6 ? Pick({1, 2}) : 1;
      if (params.window.strides[axis] == 2) params.output_padding[axis] = Pick({0, 1});
      weights.Append(params.window.kernel[axis]);
    }
    params.activation = AnyActivation();
    return draft_.Step(params, {x, draft_.Weights(weights, 0.4F)});
  }

  int AddPool(int x) {
    compute::PoolParams params;
    params.kind = Chance(50) ? PoolKind::kMax : PoolKind::kAverage;
    params.window = AnyWindow(shape(x));
    params.ceil_mode = Chance(30);
    params.count_include_pad = Chance(30);
    return draft_.Step(params, {x});
  }

  int AddBinary(int x) {
    const BinaryKind kinds[] = {BinaryKind::kAdd, BinaryKind::kSub, BinaryKind::kMul};
    const BinaryParams params{kinds[random_() % 3], AnyActivation()};
    int other = *Twin(shape(x));
    if (Chance(40)) {
      Shape channels{shape(x)[1]};
      for (int i = 0; i < rank_; ++i) channels.Append(1);
      other = Chance(70) ? draft_.Weights(channels, 1.0F) : draft_.Weights(Shape{}, 1.0F);
    }
    return Chance(50) ? draft_.Step(params, {x, other}) : draft_.Step(params, {other, x});
  }

  int AddConcat(int x) {
    std::vector<int> parts = {x};
    for (const int value : values_) {
      Shape same = shape(value);
      same[1] = shape(x)[1];
      if (same == shape(x) && parts.size() < 3 && shape(value)[1] < 40) parts.push_back(value);
    }
    return draft_.Step(compute::ConcatParams{1}, parts);
  }

  // What moves elements about: a batch norm too, for it is short.
  int AddMove(int x) {
    const int64_t channels = shape(x)[1];
    const int rank = rank_ + 2;
    switch (random_() % 4) {
      case 0: {
        compute::SliceParams slice;
        for (int i = 0; i < rank; ++i) {
          const bool cut = i > 0 && shape(x)[i] > 3;
          slice.starts.push_back(cut ? 1 : 0);
          slice.steps.push_back(1);
          slice.sizes.push_back(cut ? shape(x)[i] - 1 : shape(x)[i]);
        }
        return draft_.Step(slice, {x});
      }
      case 1: {
        compute::TransposeParams transpose;
        for (int i = 0; i < rank; ++i) transpose.perm.push_back(i);
        std::swap(transpose.perm[1], transpose.perm.back());
        return draft_.Step(transpose, {x});
      }
      case 2: {
        Shape swapped = shape(x);
        std::swap(swapped[1], swapped[2]);
        return draft_.Step(compute::ReshapeParams{swapped}, {x});
      }
      default:
        return draft_.Step(
            compute::BatchNormParams{},
            {x, draft_.Weights({channels}, 1.0F), draft_.Weights({channels}, 1.0F),
             draft_.Weights({channels}, 0.5F), draft_.Weights({channels}, 0.5F, 2.0F)});
    }
  }

  int AddHead(int x) {
    x = draft_.Step(compute::GlobalPoolParams{Chance(50) ? PoolKind::kMax : PoolKind::kAverage},
                    {x});
    const int64_t channels = shape(x)[1];
    x = draft_.Step(compute::ReshapeParams{Shape{shape(x)[0], channels}}, {x});
    compute::GemmParams dense;
    dense.trans_b = Chance(50);
    dense.has_bias = true;
    dense.alpha = Chance(30) ? 0.5F : 1.0F;
    const Shape weights = dense.trans_b ? Shape{7, channels} : Shape{channels, 7};
    x = draft_.Step(dense, {x, draft_.Weights(weights, 0.5F), draft_.Weights({7}, 0.5F)});
    return draft_.Step(compute::SoftmaxParams{1}, {x});
  }

  std::mt19937 random_;
  int rank_;
  PlanDraft draft_;
  std::vector<int> values_;
};

class CpuRandomPlans : public ::testing::TestWithParam<int> {};

TEST_P(CpuRandomPlans, AgreeWithTheReference) {
  const std::unique_ptr<Device> device = compute::MakeCpuDevice({.threads = GetParam() % 2 + 1});
  for (uint32_t i = 0; i < 25; ++i) {
    const uint32_t seed = static_cast<uint32_t>(GetParam()) * 1000 + i;
    const int64_t batch = std::vector<int64_t>{1, 3, 8}[i % 3];
    const RandomNet net(seed, batch);
    EXPECT_LE(ErrorAgainstReference(*device, net.plan(), seed), kNetBound)
        << "seed " << seed << " batch " << batch << "\n"
        << compute::ToString(net.plan());
  }
}

// The same row at every place of the batch, in any company.
TEST_P(CpuRandomPlans, GiveARowTheSameBitsAtEveryPlace) {
  constexpr size_t kBatch = 8;
  const std::unique_ptr<Device> device = compute::MakeCpuDevice({.threads = GetParam() % 2 + 1});
  for (uint32_t i = 0; i < 10; ++i) {
    const uint32_t seed = static_cast<uint32_t>(GetParam()) * 1000 + i;
    const RandomNet net(seed, kBatch);
    const auto session = device->Compile(net.plan());
    ASSERT_TRUE(session.ok()) << session.status();
    const std::span<std::byte> input = (*session)->input(0);
    const size_t row_bytes = input.size() / kBatch;
    const std::vector<float> row = RandomFloats(static_cast<int64_t>(row_bytes / 4), seed);
    std::vector<std::byte> expected;
    for (const size_t place : {0, 4, 7}) {
      RunRandom(**session, net.plan(), seed + 50 + static_cast<uint32_t>(place));
      std::memcpy(input.data() + place * row_bytes, row.data(), row_bytes);
      ASSERT_TRUE((*session)->Run().ok());
      const std::span<const std::byte> output = (*session)->output(0);
      const auto answer = output.subspan(place * output.size() / kBatch, output.size() / kBatch);
      if (expected.empty()) expected.assign(answer.begin(), answer.end());
      EXPECT_EQ(0, std::memcmp(answer.data(), expected.data(), answer.size()))
          << "seed " << seed << " place " << place << "\n"
          << compute::ToString(net.plan());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CpuRandomPlans, ::testing::Range(0, 8));

}  // namespace
}  // namespace convoy::testing
