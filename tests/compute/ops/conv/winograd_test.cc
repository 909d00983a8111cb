#include "compute/ops/conv/winograd.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "compute/cpu/cpu_facts.h"
#include "compute/cpu/omp_threads.h"
#include "compute/ops/op.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::ConvParams;
using compute::DType;
using compute::HostTensor;
using compute::Shape;
using compute::TensorSpec;
using compute::WinogradConv;
using compute::WinogradLayer;

constexpr double kLayerBound = 1e-5;

ConvParams Params(const WinogradLayer& layer, int64_t pad_bottom, int64_t pad_right) {
  ConvParams params;
  params.window.kernel = {1, layer.kernel, layer.kernel};
  params.window.pads_begin = {0, layer.pad_top, layer.pad_left};
  params.window.pads_end = {0, pad_bottom, pad_right};
  params.has_bias = true;
  params.has_residual = layer.sums;
  params.activation = layer.activation;
  return params;
}

WinogradLayer Layer(int64_t batch, int64_t in, int64_t out, int64_t height, int64_t width,
                    int64_t kernel = 3) {
  WinogradLayer layer;
  layer.kernel = kernel;
  layer.batch = batch;
  layer.in_channels = in;
  layer.out_channels = out;
  layer.height = layer.out_height = height;
  layer.width = layer.out_width = width;
  layer.pad_top = layer.pad_left = kernel / 2;
  return layer;
}

// Row-major to blocks of 8 channels, or back.
std::vector<float> Blocked(const std::vector<float>& from, int64_t batch, int64_t channels,
                           int64_t pixels, bool back) {
  std::vector<float> to(from.size());
  for (int64_t n = 0; n < batch; ++n) {
    for (int64_t c = 0; c < channels; ++c) {
      for (int64_t p = 0; p < pixels; ++p) {
        const int64_t plain = (n * channels + c) * pixels + p;
        const int64_t blocked = ((n * (channels / 8) + c / 8) * pixels + p) * 8 + c % 8;
        to[back ? plain : blocked] = from[back ? blocked : plain];
      }
    }
  }
  return to;
}

struct Numbers {
  std::vector<float> x, weights, bias, residual;
};

Numbers NumbersFor(const WinogradLayer& layer) {
  const int64_t taps = layer.kernel * layer.kernel;
  const float scale = 1.7F / std::sqrt(static_cast<float>(layer.in_channels * taps));
  return {RandomFloats(layer.batch * layer.in_channels * layer.height * layer.width, 1),
          RandomFloats(layer.in_channels * layer.out_channels * taps, 2, -scale, scale),
          RandomFloats(layer.out_channels, 3),
          RandomFloats(layer.batch * layer.out_channels * layer.out_height * layer.out_width, 4)};
}

// Row-major answers.
std::vector<float> RowsOf(const WinogradLayer& layer, const Numbers& numbers, int threads) {
  const compute::ScopedOmpThreads scope(threads);
  const WinogradConv conv(layer, threads);
  std::vector<float> weights(
      static_cast<size_t>(compute::WinogradWeightCount(layer.in_channels, layer.out_channels)));
  compute::MakeWinogradWeights(numbers.weights, layer.kernel, layer.in_channels, layer.out_channels,
                               weights);
  const std::vector<float> x =
      Blocked(numbers.x, layer.batch, layer.in_channels, layer.height * layer.width, false);
  const int64_t pixels = layer.out_height * layer.out_width;
  std::vector<float> y = Blocked(numbers.residual, layer.batch, layer.out_channels, pixels, false);
  std::vector<float> scratch(static_cast<size_t>(conv.scratch_floats()));
  conv.Run(x.data(), weights.data(), numbers.bias.data(), y.data(), scratch.data());
  return Blocked(y, layer.batch, layer.out_channels, pixels, true);
}

HostTensor Tensor(const Shape& shape, const std::vector<float>& values) {
  return HostTensor::FromFloats(shape, values);
}

std::vector<float> Expected(const WinogradLayer& layer, const ConvParams& params,
                            const Numbers& numbers) {
  const Shape out{layer.batch, layer.out_channels, layer.out_height, layer.out_width};
  const HostTensor x =
      Tensor({layer.batch, layer.in_channels, layer.height, layer.width}, numbers.x);
  const HostTensor weights =
      Tensor({layer.out_channels, layer.in_channels, layer.kernel, layer.kernel}, numbers.weights);
  const HostTensor bias = Tensor({layer.out_channels}, numbers.bias);
  const HostTensor residual = Tensor(out, numbers.residual);
  std::vector<compute::TensorView> inputs = {x.view(), weights.view(), bias.view()};
  if (layer.sums) inputs.push_back(residual.view());
  HostTensor y(TensorSpec{DType::kFloat32, out});
  const std::vector<compute::MutableTensorView> outputs = {{y.spec(), y.bytes()}};
  compute::RunReference(params, inputs, outputs);
  const auto values = y.data<float>();
  return {values.begin(), values.end()};
}

double ErrorOf(const WinogradLayer& layer, int threads, int64_t pad_bottom, int64_t pad_right) {
  const Numbers numbers = NumbersFor(layer);
  const std::vector<float> given = RowsOf(layer, numbers, threads);
  const std::vector<float> expected =
      Expected(layer, Params(layer, pad_bottom, pad_right), numbers);
  double largest = 1;
  double worst = 0;
  for (size_t i = 0; i < given.size(); ++i) {
    largest = std::max(largest, std::abs(double{expected[i]}));
    worst = std::max(worst, std::abs(double{expected[i]} - given[i]));
  }
  return worst / largest;
}

// With the same pads on all sides.
double ErrorOf(const WinogradLayer& layer, int threads) {
  return ErrorOf(layer, threads, layer.pad_top, layer.pad_left);
}

class WinogradTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!compute::CpuRunsAvx2()) GTEST_SKIP() << "this processor has no AVX2";
  }
};

TEST_F(WinogradTest, AgreesWithTheFormulaAtOddSizes) {
  for (const int threads : {1, 2, 3}) {
    for (const int64_t batch : {1, 3, 8}) {
      EXPECT_LE(ErrorOf(Layer(batch, 8, 8, 1, 1), threads), kLayerBound);
      EXPECT_LE(ErrorOf(Layer(batch, 16, 24, 7, 5), threads), kLayerBound);
      EXPECT_LE(ErrorOf(Layer(batch, 40, 16, 13, 18), threads), kLayerBound);
    }
  }
}

TEST_F(WinogradTest, AgreesWithTheFormulaForKernelsOfFive) {
  for (const int threads : {1, 2, 3}) {
    for (const int64_t batch : {1, 3, 8}) {
      EXPECT_LE(ErrorOf(Layer(batch, 8, 8, 1, 1, 5), threads), kLayerBound);
      EXPECT_LE(ErrorOf(Layer(batch, 16, 24, 7, 4, 5), threads), kLayerBound);
      EXPECT_LE(ErrorOf(Layer(batch, 40, 16, 13, 18, 5), threads), kLayerBound);
    }
  }
  EXPECT_LE(ErrorOf(Layer(1, 520, 32, 9, 9, 5), 2), kLayerBound);
}

TEST_F(WinogradTest, SumsManyChannelsWithinTheBoundOfALayer) {
  EXPECT_LE(ErrorOf(Layer(1, 520, 32, 9, 9), 2), kLayerBound);
}

TEST_F(WinogradTest, PadsEverySideOnItsOwn) {
  WinogradLayer layer = Layer(2, 8, 16, 9, 6);
  layer.pad_top = 0;
  layer.pad_left = 2;
  layer.out_height = 9 + 0 + 3 - 2;
  layer.out_width = 6 + 2 + 0 - 2;
  EXPECT_LE(ErrorOf(layer, 1, 3, 0), kLayerBound);
}

TEST_F(WinogradTest, AppliesResidualAndActivation) {
  for (const int64_t kernel : {3, 5}) {
    WinogradLayer layer = Layer(3, 16, 8, 6, 11, kernel);
    layer.sums = true;
    for (const ActivationParams& activation :
         {ActivationParams{}, ActivationParams{ActivationKind::kRelu, 0, 0},
          ActivationParams{ActivationKind::kLeakyRelu, 0.1F, 0},
          ActivationParams{ActivationKind::kClip, -0.25F, 0.75F}}) {
      layer.activation = activation;
      EXPECT_LE(ErrorOf(layer, 2), kLayerBound) << kernel << static_cast<int>(activation.kind);
    }
  }
}

TEST_F(WinogradTest, GivesARowTheSameBitsInEveryBatchAndByAnyNumberOfThreads) {
  const WinogradLayer one = Layer(1, 24, 16, 14, 14);
  const Numbers numbers = NumbersFor(one);
  const std::vector<float> expected = RowsOf(one, numbers, 1);
  WinogradLayer many = one;
  many.batch = 7;
  Numbers others = NumbersFor(many);
  for (const int64_t place : {0, 3, 6}) {
    std::copy(numbers.x.begin(), numbers.x.end(),
              others.x.begin() + place * static_cast<int64_t>(numbers.x.size()));
    others.weights = numbers.weights;
    for (const int threads : {1, 2, 5}) {
      const std::vector<float> given = RowsOf(many, others, threads);
      EXPECT_EQ(0, std::memcmp(given.data() + place * static_cast<int64_t>(expected.size()),
                               expected.data(), expected.size() * sizeof(float)))
          << place << " " << threads;
    }
  }
}

TEST_F(WinogradTest, CoversKernelsOfThreeAndFiveWithoutStrideOnly) {
  ConvParams params = Params(Layer(1, 8, 8, 4, 4), 1, 1);
  EXPECT_TRUE(compute::WinogradCovers(params, 8, 16));
  params.window.kernel = {1, 5, 5};
  EXPECT_TRUE(compute::WinogradCovers(params, 8, 16));
  params.window.kernel = {1, 3, 5};
  EXPECT_FALSE(compute::WinogradCovers(params, 8, 16));
  params.window.kernel = {1, 4, 4};
  EXPECT_FALSE(compute::WinogradCovers(params, 8, 16));
  params.window.kernel = {1, 3, 3};
  EXPECT_FALSE(compute::WinogradCovers(params, 3, 16));
  EXPECT_FALSE(compute::WinogradCovers(params, 8, 12));
  params.activation.kind = ActivationKind::kTanh;
  EXPECT_FALSE(compute::WinogradCovers(params, 8, 16));
  params.activation = {};
  params.window.strides[2] = 2;
  EXPECT_FALSE(compute::WinogradCovers(params, 8, 16));
}

}  // namespace
}  // namespace convoy::testing
