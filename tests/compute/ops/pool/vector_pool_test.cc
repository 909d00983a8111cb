#include "compute/ops/pool/vector_pool.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "compute/cpu/cpu_facts.h"
#include "compute/ops/op.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::DType;
using compute::HostTensor;
using compute::PoolKind;
using compute::PoolParams;
using compute::Shape;
using compute::TensorSpec;
using compute::VectorPool;

class VectorPoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!compute::CpuRunsAvx2()) GTEST_SKIP() << "this processor has no AVX2";
  }
};

PoolParams Pool(PoolKind kind, int64_t kernel, int64_t stride, int64_t pad, int64_t dilation) {
  PoolParams params;
  params.kind = kind;
  params.window.kernel = {1, kernel, kernel};
  params.window.strides = {1, stride, stride};
  params.window.dilations = {1, dilation, dilation};
  params.window.pads_begin = {0, pad, pad};
  params.window.pads_end = {0, pad, pad};
  return params;
}

// Eight channels are one map, so that a block of channels is [pixel][8].
double ErrorOf(const PoolParams& params, int64_t batch) {
  const Shape shape{batch, 8, 11, 14};
  const HostTensor x = HostTensor::FromFloats(shape, RandomFloats(shape.elements(), 1));
  const TensorSpec specs[] = {x.spec()};
  HostTensor expected((*compute::InferShapes(params, specs))[0]);
  const compute::TensorView inputs[] = {x.view()};
  const compute::MutableTensorView outputs[] = {{expected.spec(), expected.bytes()}};
  compute::RunReference(params, inputs, outputs);

  const Shape out = expected.spec().shape;
  const auto pool = VectorPool::For(params, shape, out);
  EXPECT_TRUE(pool.has_value());
  if (!pool.has_value()) return INFINITY;
  const auto turned = [](std::span<const float> from, const Shape& of, bool back) {
    std::vector<float> to(from.size());
    const int64_t pixels = of[2] * of[3];
    for (int64_t i = 0; i < of.elements(); ++i) {
      const int64_t n = i / (8 * pixels);
      const auto block = static_cast<size_t>((n * pixels + i % pixels) * 8 + i / pixels % 8);
      to[back ? static_cast<size_t>(i) : block] = from[back ? block : static_cast<size_t>(i)];
    }
    return to;
  };
  std::vector<float> y(static_cast<size_t>(out.elements()));
  pool->Run(turned(x.data<float>(), shape, false).data(), y.data());
  y = turned(y, out, true);
  double worst = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    worst = std::max(worst, std::abs(double{y[i]} - expected.data<float>()[i]));
  }
  return worst;
}

TEST_F(VectorPoolTest, AgreesWithTheFormula) {
  for (const int64_t batch : {1, 3, 8}) {
    for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
      EXPECT_LE(ErrorOf(Pool(kind, 2, 2, 0, 1), batch), 1e-6);
      EXPECT_LE(ErrorOf(Pool(kind, 3, 2, 1, 1), batch), 1e-6);
      EXPECT_LE(ErrorOf(Pool(kind, 3, 1, 2, 2), batch), 1e-6);
      EXPECT_LE(ErrorOf(Pool(kind, 5, 3, 2, 1), batch), 1e-6);
    }
  }
}

TEST_F(VectorPoolTest, CountsPaddingWhereAsked) {
  PoolParams params = Pool(PoolKind::kAverage, 3, 2, 1, 1);
  params.count_include_pad = true;
  EXPECT_LE(ErrorOf(params, 3), 1e-6);
}

TEST_F(VectorPoolTest, LeavesWindowsWithoutAnyElementAlone) {
  EXPECT_FALSE(
      VectorPool::For(Pool(PoolKind::kMax, 2, 2, 2, 1), {1, 8, 4, 4}, {1, 8, 4, 4}).has_value());
  EXPECT_FALSE(
      VectorPool::For(Pool(PoolKind::kLp, 2, 2, 0, 1), {1, 8, 4, 4}, {1, 8, 2, 2}).has_value());
}

}  // namespace
}  // namespace convoy::testing
