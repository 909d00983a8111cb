// Gather and scatter by hand: which element each kind of index names, clamping and order.
#include "compute/ops/move/indices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/support/reference_answers.h"

namespace convoy::compute {
namespace {

using convoy::testing::Counting;
using convoy::testing::Filled;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

struct Integers {
  Shape shape;
  std::vector<int64_t> values;
};

// The values, or the message of the error.
struct Outcome {
  std::vector<float> values;
  std::string error;
};

Outcome Run(const OpParams& op, const Filled& data, const Integers& indices,
            const Filled* updates = nullptr) {
  std::vector<HostTensor> tensors;
  tensors.push_back(HostTensor::FromFloats(data.shape, data.values));
  tensors.emplace_back(TensorSpec{DType::kInt64, indices.shape});
  std::copy(indices.values.begin(), indices.values.end(),
            tensors[1].mutable_data<int64_t>().begin());
  if (updates != nullptr) {
    tensors.push_back(HostTensor::FromFloats(updates->shape, updates->values));
  }
  std::vector<TensorSpec> specs;
  std::vector<TensorView> views;
  for (const HostTensor& tensor : tensors) {
    specs.push_back(tensor.spec());
    views.push_back(tensor.view());
  }
  const absl::StatusOr<TensorSpecs> outputs = InferShapes(op, specs);
  if (!outputs.ok()) return {{}, std::string(outputs.status().message())};
  HostTensor y(outputs->front());
  const MutableTensorView result = y.mutable_view();
  RunReference(op, views, {&result, 1});
  return {{y.data<float>().begin(), y.data<float>().end()}, ""};
}

TEST(GatherTest, AlongAnAxis) {
  const GatherParams columns{IndexKind::kAxis, 1, 0};
  EXPECT_THAT(Run(columns, Counting({2, 3}), {{2}, {2, 0}}).values, ElementsAre(3, 1, 6, 4));
  EXPECT_THAT(Run(columns, Counting({2, 3}), {{}, {-1}}).values, ElementsAre(3, 6));
}

TEST(GatherTest, ElementsAndTuples) {
  EXPECT_THAT(
      Run(GatherParams{IndexKind::kElements, 1, 0}, Counting({2, 2}), {{2, 2}, {0, 0, 1, 0}})
          .values,
      ElementsAre(1, 1, 4, 3));
  const GatherParams tuples{IndexKind::kTuples, 0, 0};
  EXPECT_THAT(Run(tuples, Counting({2, 2}), {{2, 2}, {0, 0, 1, 1}}).values, ElementsAre(1, 4));
  EXPECT_THAT(Run(tuples, Counting({2, 2}), {{2, 1}, {1, 0}}).values, ElementsAre(3, 4, 1, 2));
  EXPECT_THAT(
      Run(GatherParams{IndexKind::kTuples, 0, 1}, Counting({2, 2, 2}), {{2, 1}, {1, 0}}).values,
      ElementsAre(3, 4, 5, 6));
}

TEST(GatherTest, IndicesBeyondTheEndsAreClamped) {
  const GatherParams rows{IndexKind::kAxis, 0, 0};
  EXPECT_THAT(Run(rows, Counting({3}), {{4}, {3, kMost, -4, -kMost - 1}}).values,
              ElementsAre(3, 3, 1, 1));
}

TEST(GatherTest, RefusesShapesThatDoNotFit) {
  EXPECT_THAT(Run(GatherParams{IndexKind::kAxis, 2, 0}, Counting({2, 3}), {{1}, {0}}).error,
              HasSubstr("axis is 2"));
  EXPECT_THAT(Run(GatherParams{IndexKind::kElements, 1, 0}, Counting({2, 3}), {{1}, {0}}).error,
              HasSubstr("must have the rank of data"));
  EXPECT_THAT(
      Run(GatherParams{IndexKind::kTuples, 0, 0}, Counting({2, 3}), {{1, 3}, {0, 0, 0}}).error,
      HasSubstr("at most as many entries"));
  EXPECT_THAT(Run(GatherParams{IndexKind::kTuples, 0, 1}, Counting({2, 3}), {{1, 1}, {0}}).error,
              HasSubstr("share the first 1 dimensions"));
}

TEST(ScatterTest, TheLastUpdateOfAnElementStays) {
  const Filled updates{{1, 3}, {10, 20, 30}};
  EXPECT_THAT(
      Run(ScatterParams{IndexKind::kElements, 1}, Counting({1, 3}), {{1, 3}, {2, 2, -3}}, &updates)
          .values,
      ElementsAre(30, 2, 20));
}

TEST(ScatterTest, ReductionsTakeAllUpdates) {
  const Filled updates{{3}, {10, -20, 0.5F}};
  const auto scatter = [&](ScatterReduction reduction) {
    return Run(ScatterParams{IndexKind::kElements, 0, reduction}, Counting({2}), {{3}, {1, 1, 0}},
               &updates)
        .values;
  };
  EXPECT_THAT(scatter(ScatterReduction::kAdd), ElementsAre(1.5F, -8));
  EXPECT_THAT(scatter(ScatterReduction::kMul), ElementsAre(0.5F, -400));
  EXPECT_THAT(scatter(ScatterReduction::kMin), ElementsAre(0.5F, -20));
  EXPECT_THAT(scatter(ScatterReduction::kMax), ElementsAre(1, 10));
}

TEST(ScatterTest, TuplesNameWholeSlicesAndAreClamped) {
  const Filled updates{{2, 2}, {10, 20, 30, 40}};
  EXPECT_THAT(
      Run(ScatterParams{IndexKind::kTuples}, Counting({3, 2}), {{2, 1}, {kMost, -kMost}}, &updates)
          .values,
      ElementsAre(30, 40, 3, 4, 10, 20));
}

TEST(ScatterTest, RefusesUpdatesOfAnotherShape) {
  const Filled updates{{2}, {1, 2}};
  EXPECT_THAT(
      Run(ScatterParams{IndexKind::kTuples}, Counting({3, 2}), {{2, 1}, {0, 1}}, &updates).error,
      HasSubstr("updates has shape 2, but its shape must be 2x2"));
  EXPECT_THAT(
      Run(ScatterParams{IndexKind::kElements, 0}, Counting({3}), {{1}, {0}}, &updates).error,
      HasSubstr("its shape must be 1"));
}

TEST(ScatterTest, BoolHasNoReductions) {
  const TensorSpec flags{DType::kBool, {2}};
  const TensorSpec indices{DType::kInt64, {2}};
  ScatterParams params{IndexKind::kElements, 0};
  const std::vector<TensorSpec> inputs{flags, indices, flags};
  EXPECT_TRUE(InferShapes(params, inputs).ok());
  params.reduction = ScatterReduction::kAdd;
  EXPECT_FALSE(InferShapes(params, inputs).ok());
}

}  // namespace
}  // namespace convoy::compute
