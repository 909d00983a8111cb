// The normalisations of ONNX as one operator, and what they are refused for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Initializers = std::vector<std::pair<std::string, std::string>>;

Initializers ScaleAndBias(const std::vector<int64_t>& dims) {
  return {{"s", Zeros("s", dims)}, {"b", Zeros("b", dims)}};
}

TEST(NormImportTest, BatchNormalizationIsForInference) {
  EXPECT_THAT(ImportNode(15, "BatchNormalization", {{2, 3}, {3}, {3}, {3}, {3}},
                         IntAttribute("training_mode", 1)),
              HasSubstr("training_mode is 1; only inference (0) is supported"));
}

TEST(NormImportTest, LayerNormalizationStartsAtAnAxis) {
  EXPECT_THAT(ImportNode(17, "LayerNormalization", {{2, 3, 4}}, "", ScaleAndBias({4})),
              AllOf(HasSubstr("Normalize(%x0, %s:const[4], %b:const[4]) axis=2"),
                    Not(HasSubstr("Binary"))));
  EXPECT_THAT(
      ImportNode(17, "LayerNormalization", {{2, 3, 4}},
                 IntAttribute("axis", 1) + FloatAttribute("epsilon", 0.5F), ScaleAndBias({3, 4})),
      HasSubstr("axis=1 epsilon=0.5"));
  EXPECT_THAT(ImportNode(23, "RMSNormalization", {{2, 3, 4}}, "", {{"s", Zeros("s", {4})}}),
              HasSubstr("kind=rms axis=2"));
}

TEST(NormImportTest, FactorsOfOddShapesAreMultipliedBehind) {
  EXPECT_THAT(
      ImportNode(17, "LayerNormalization", {{2, 3, 4, 5}}, IntAttribute("axis", 1),
                 ScaleAndBias({3, 1, 5})),
      AllOf(HasSubstr("Normalize(%x0) axis=1"), HasSubstr("kind=mul"), HasSubstr("kind=add")));
}

TEST(NormImportTest, InstancesAndGroupsAreCutFromTheChannels) {
  EXPECT_THAT(ImportNode(6, "InstanceNormalization", {{2, 3, 4, 5}}, "", ScaleAndBias({3})),
              AllOf(HasSubstr("axis=1 groups=3"), HasSubstr("const[3x1x1]")));
  EXPECT_THAT(ImportNode(21, "GroupNormalization", {{2, 6, 4}}, IntAttribute("num_groups", 2),
                         ScaleAndBias({6})),
              AllOf(HasSubstr("axis=1 groups=2"), HasSubstr("const[6x1]")));
  EXPECT_THAT(ImportNode(18, "GroupNormalization", {{2, 6, 4}}, IntAttribute("num_groups", 2),
                         ScaleAndBias({2})),
              HasSubstr("const[6x1]"));
}

TEST(NormImportTest, WrongGroupsAreNamed) {
  EXPECT_THAT(ImportNode(21, "GroupNormalization", {{2, 6, 4}}, IntAttribute("num_groups", 4),
                         ScaleAndBias({6})),
              HasSubstr("num_groups is 4; asked for is a divisor of 6 channels"));
  EXPECT_THAT(ImportNode(21, "GroupNormalization", {{2, 6, 4}}, IntAttribute("num_groups", 2),
                         ScaleAndBias({2})),
              HasSubstr("input 1 has shape 2, but must have 6 entries"));
  EXPECT_THAT(ImportNode(6, "InstanceNormalization", {{2, 3}}, "", ScaleAndBias({3})),
              HasSubstr("the input has shape 2x3"));
}

TEST(NormImportTest, MeanVarianceBringsItsAxesToTheEnd) {
  EXPECT_THAT(ImportNode(13, "MeanVarianceNormalization", {{2, 3, 4, 5}}),
              AllOf(HasSubstr("perm=1,0,2,3"), HasSubstr("Normalize"), HasSubstr("axis=1")));
  EXPECT_THAT(ImportNode(13, "MeanVarianceNormalization", {{1, 3, 4, 5}}),
              AllOf(HasSubstr("Normalize(%x0) axis=2"), Not(HasSubstr("perm"))));
  EXPECT_THAT(
      ImportNode(13, "MeanVarianceNormalization", {{2, 3, 4}}, IntsAttribute("axes", {0, 1})),
      AllOf(HasSubstr("perm=2,0,1"), HasSubstr("perm=1,2,0")));
  EXPECT_THAT(ImportNode(13, "MeanVarianceNormalization", {{1, 3}}, IntsAttribute("axes", {0})),
              HasSubstr("axes name no dimension beyond 1"));
}

TEST(NormImportTest, LocalResponseAndLp) {
  EXPECT_THAT(ImportNode(13, "LRN", {{2, 3, 4, 5}}, IntAttribute("size", 5)),
              HasSubstr("size=5 alpha=0.0001 beta=0.75 bias=1"));
  EXPECT_THAT(ImportNode(13, "LRN", {{2, 3, 4, 5}}), HasSubstr("size is 0"));
  EXPECT_THAT(ImportNode(13, "LpNormalization", {{2, 3}}, IntAttribute("p", 1)),
              AllOf(HasSubstr("kind=lp p=1 axes=1"), HasSubstr("kind=div")));
  EXPECT_THAT(ImportNode(13, "LpNormalization", {{2, 3}}, IntAttribute("p", 3)),
              HasSubstr("p is 3; allowed are 1 and 2"));
}

}  // namespace
}  // namespace convoy::testing
