#include "compute/ops/gemm/dense.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "compute/cpu/cpu_facts.h"
#include "compute/cpu/omp_threads.h"
#include "gtest/gtest.h"
#include "tests/compute/runtime/cpu_plans.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::DenseLayer;

class DenseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!compute::CpuRunsAvx2()) GTEST_SKIP() << "this processor has no AVX2";
  }
};

std::vector<float> AnswersOf(const DenseLayer& layer, const std::vector<float>& x,
                             const std::vector<float>& weights, const std::vector<float>& bias,
                             bool transposed, int threads) {
  const compute::ScopedOmpThreads scope(threads);
  std::vector<float> made(
      static_cast<size_t>(compute::DenseWeightCount(layer.depth, layer.columns)));
  compute::DenseMatrix matrix{weights.data(), layer.columns, 1};
  if (transposed) matrix = {weights.data(), 1, layer.depth};
  compute::MakeDenseWeights(matrix, layer.depth, layer.columns, 2, made);
  std::vector<float> y(static_cast<size_t>(layer.rows * layer.columns));
  compute::RunDense(layer, x.data(), made.data(), bias.data(), y.data());
  return y;
}

double WorstError(const DenseLayer& layer, bool transposed, int threads) {
  const std::vector<float> x = RandomFloats(layer.rows * layer.depth, 1);
  const std::vector<float> weights = RandomFloats(layer.depth * layer.columns, 2, -0.1F, 0.1F);
  const std::vector<float> bias = RandomFloats(layer.columns, 3);
  const std::vector<float> y = AnswersOf(layer, x, weights, bias, transposed, threads);
  double largest = 1;
  double worst = 0;
  for (int64_t n = 0; n < layer.rows; ++n) {
    for (int64_t m = 0; m < layer.columns; ++m) {
      double sum = bias[m];
      for (int64_t k = 0; k < layer.depth; ++k) {
        const int64_t place = transposed ? m * layer.depth + k : k * layer.columns + m;
        sum += 2.0 * x[n * layer.depth + k] * weights[place];
      }
      sum = compute::Activate(sum, layer.activation);
      largest = std::max(largest, std::abs(sum));
      worst = std::max(worst, std::abs(sum - y[n * layer.columns + m]));
    }
  }
  return worst / largest;
}

TEST_F(DenseTest, AgreesWithTheFormulaAtOddSizes) {
  const ActivationParams activations[] = {{},
                                          {ActivationKind::kRelu, 0, 0},
                                          {ActivationKind::kTanh, 0, 0},
                                          {ActivationKind::kClip, -0.5F, 0.25F},
                                          {ActivationKind::kLeakyRelu, 0.1F, 0}};
  for (const ActivationParams& activation : activations) {
    for (const int64_t rows : {1, 3, 8, 31}) {
      for (const bool transposed : {false, true}) {
        EXPECT_LE(WorstError({rows, 1, 1, activation}, transposed, 1), 1e-5);
        EXPECT_LE(WorstError({rows, 300, 10, activation}, transposed, 2), 1e-5);
        EXPECT_LE(WorstError({rows, 257, 129, activation}, transposed, 3), 1e-5);
      }
    }
  }
}

TEST_F(DenseTest, GivesARowTheSameBitsAtEveryPlace) {
  const int64_t depth = 400;
  const int64_t columns = 100;  // a lone row takes four panels at once, then three one by one
  const std::vector<float> weights = RandomFloats(depth * columns, 2);
  const std::vector<float> bias = RandomFloats(columns, 3);
  const std::vector<float> row = RandomFloats(depth, 4);
  const std::vector<float> expected =
      AnswersOf({1, depth, columns, {}}, row, weights, bias, false, 1);
  for (const int64_t place : {0, 5, 6, 25}) {
    std::vector<float> rows = RandomFloats(26 * depth, 5);
    std::copy(row.begin(), row.end(), rows.begin() + place * depth);
    const std::vector<float> y = AnswersOf({26, depth, columns, {}}, rows, weights, bias, false, 2);
    EXPECT_EQ(0, std::memcmp(expected.data(), y.data() + place * columns,
                             expected.size() * sizeof(float)))
        << place;
  }
}

}  // namespace
}  // namespace convoy::testing
