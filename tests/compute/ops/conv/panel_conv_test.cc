#include "compute/ops/conv/panel_conv.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "compute/cpu/cpu_facts.h"
#include "compute/cpu/omp_threads.h"
#include "compute/ops/op.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ConvParams;
using compute::ConvTransposeParams;
using compute::DType;
using compute::HostTensor;
using compute::PanelConv;
using compute::Shape;
using compute::TensorSpec;

constexpr double kLayerBound = 1e-5;

class PanelConvTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!compute::CpuRunsAvx2()) GTEST_SKIP() << "this processor has no AVX2";
  }
};

int64_t Blocks(int64_t channels) { return (channels + 7) / 8; }

// Where an element of [N, C, H, W] lies in blocks of 8 channels.
size_t Place(const Shape& shape, int64_t n, int64_t c, int64_t pixel) {
  const int64_t pixels = shape[2] * shape[3];
  return static_cast<size_t>(((n * Blocks(shape[1]) + c / 8) * pixels + pixel) * 8 + c % 8);
}

std::vector<float> InBlocks(const std::vector<float>& plain, const Shape& shape) {
  const int64_t pixels = shape[2] * shape[3];
  std::vector<float> blocks(static_cast<size_t>(shape[0] * Blocks(shape[1]) * 8 * pixels));
  for (int64_t i = 0; i < shape.elements(); ++i) {
    const int64_t plane = i / pixels;
    blocks[Place(shape, plane / shape[1], plane % shape[1], i % pixels)] =
        plain[static_cast<size_t>(i)];
  }
  return blocks;
}

// The worst difference between the answers in blocks and the formula's; padding channels must be 0.
double ErrorOf(const std::vector<float>& blocks, const HostTensor& expected) {
  const Shape& shape = expected.spec().shape;
  const int64_t pixels = shape[2] * shape[3];
  double largest = 1;
  double worst = 0;
  for (int64_t n = 0; n < shape[0]; ++n) {
    for (int64_t c = 0; c < Blocks(shape[1]) * 8; ++c) {
      for (int64_t p = 0; p < pixels; ++p) {
        const bool is_real = c < shape[1];
        const double wanted =
            is_real ? expected.data<float>()[static_cast<size_t>((n * shape[1] + c) * pixels + p)]
                    : 0;
        largest = std::max(largest, std::abs(wanted));
        worst = std::max(worst, std::abs(wanted - blocks[Place(shape, n, c, p)]));
      }
    }
  }
  return worst / largest;
}

template <typename Params>
double RunBoth(const Params& params, const std::optional<PanelConv>& conv, const HostTensor& x,
               const std::vector<float>& source, const Shape& weight_shape, int threads) {
  EXPECT_TRUE(conv.has_value());
  if (!conv.has_value()) return INFINITY;
  const HostTensor weights =
      HostTensor::FromFloats(weight_shape, RandomFloats(weight_shape.elements(), 2, -0.3F, 0.3F));
  const int64_t channels = std::is_same_v<Params, ConvParams> ? weight_shape[0] : weight_shape[1];
  const HostTensor bias = HostTensor::FromFloats({channels}, RandomFloats(channels, 3));
  const TensorSpec specs[] = {x.spec(), weights.spec(), bias.spec()};
  HostTensor expected((*compute::InferShapes(params, specs))[0]);
  const compute::TensorView inputs[] = {x.view(), weights.view(), bias.view()};
  const compute::MutableTensorView outputs[] = {{expected.spec(), expected.bytes()}};
  compute::RunReference(params, inputs, outputs);

  const compute::ScopedOmpThreads scope(threads);
  std::vector<float> made(static_cast<size_t>(conv->weight_floats()));
  conv->MakeWeights(weights.data<float>(), made);
  std::vector<float> padded(static_cast<size_t>(conv->bias_floats()));
  conv->PadBias(bias.data<float>(), padded);
  const Shape& out = expected.spec().shape;
  std::vector<float> y(static_cast<size_t>(out[0] * Blocks(out[1]) * 8 * out[2] * out[3]), 99);
  std::vector<float> scratch(static_cast<size_t>(conv->scratch_floats()));
  conv->Run(source.data(), made.data(), padded.data(), y.data(), scratch.data());
  return ErrorOf(y, expected);
}

struct FirstLayer {
  int64_t in, out, kernel, stride, pad, dilation;
  ActivationKind activation;
};

TEST_F(PanelConvTest, ConvolvesFewChannelsAsTheFormulaDoes) {
  const FirstLayer layers[] = {
      {1, 6, 5, 1, 2, 1, ActivationKind::kTanh},  {3, 64, 11, 4, 2, 1, ActivationKind::kRelu},
      {3, 20, 7, 2, 3, 1, ActivationKind::kNone}, {6, 16, 5, 1, 0, 1, ActivationKind::kTanh},
      {8, 8, 1, 1, 0, 1, ActivationKind::kSwish}, {2, 16, 3, 2, 1, 2, ActivationKind::kSigmoid},
      {5, 40, 8, 3, 1, 1, ActivationKind::kClip},
  };
  for (const FirstLayer& layer : layers) {
    for (const int64_t batch : {1, 3, 8}) {
      ConvParams params;
      params.window.kernel = {1, layer.kernel, layer.kernel};
      params.window.strides = {1, layer.stride, layer.stride};
      params.window.dilations = {1, layer.dilation, layer.dilation};
      params.window.pads_begin = {0, layer.pad, layer.pad};
      params.window.pads_end = {0, layer.pad, layer.pad};
      params.has_bias = true;
      params.activation = {layer.activation, layer.activation == ActivationKind::kClip ? -0.5F : 1,
                           0.5F};
      const Shape shape{batch, layer.in, 19, 70};
      const HostTensor x = HostTensor::FromFloats(shape, RandomFloats(shape.elements(), 1));
      const Shape weights{layer.out, layer.in, layer.kernel, layer.kernel};
      const TensorSpec specs[] = {x.spec(), TensorSpec{DType::kFloat32, weights},
                                  TensorSpec{DType::kFloat32, {layer.out}}};
      const Shape y = (*compute::InferShapes(params, specs))[0].shape;
      const std::vector<float> source(x.data<float>().begin(), x.data<float>().end());
      EXPECT_LE(RunBoth(params, PanelConv::ForFewChannels(params, shape, y), x, source, weights,
                        static_cast<int>(batch % 3 + 1)),
                kLayerBound)
          << layer.in << " to " << layer.out << ", kernel " << layer.kernel << ", batch " << batch;
    }
  }
}

TEST_F(PanelConvTest, UpconvolvesTapsThatLieApartAsTheFormulaDoes) {
  for (const auto& [height, width] : {std::pair<int64_t, int64_t>{2, 2}, {3, 1}, {1, 4}}) {
    for (const int64_t batch : {1, 3, 8}) {
      for (const int64_t out : {8, 12, 24}) {
        ConvTransposeParams params;
        params.window.kernel = params.window.strides = {1, height, width};
        params.has_bias = true;
        params.activation.kind = ActivationKind::kRelu;
        const Shape shape{batch, 264, 5, 7};
        const HostTensor x = HostTensor::FromFloats(shape, RandomFloats(shape.elements(), 1));
        const Shape y{batch, out, 5 * height, 7 * width};
        const std::vector<float> plain(x.data<float>().begin(), x.data<float>().end());
        EXPECT_LE(RunBoth(params, PanelConv::ForUpconv(params, shape, y), x, InBlocks(plain, shape),
                          Shape{264, out, height, width}, 2),
                  kLayerBound)
            << height << "x" << width << " to " << out << ", batch " << batch;
      }
    }
  }
}

TEST_F(PanelConvTest, LeavesOtherLayersAlone) {
  ConvParams conv;
  conv.window.kernel = {1, 3, 3};
  EXPECT_FALSE(PanelConv::ForFewChannels(conv, {1, 16, 8, 8}, {1, 8, 6, 6}).has_value());
  // Sigmoid(0) is not 0: the padding channels would not stay 0.
  conv.activation.kind = ActivationKind::kSigmoid;
  EXPECT_FALSE(PanelConv::ForFewChannels(conv, {1, 3, 8, 8}, {1, 6, 6, 6}).has_value());
  ConvTransposeParams upconv;
  upconv.window.kernel = {1, 3, 3};
  upconv.window.strides = {1, 2, 2};
  EXPECT_FALSE(PanelConv::ForUpconv(upconv, {1, 8, 4, 4}, {1, 8, 9, 9}).has_value());
}

}  // namespace
}  // namespace convoy::testing
