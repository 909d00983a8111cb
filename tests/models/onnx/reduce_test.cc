// Reductions and their kin: where axes and k come from in each opset, and what becomes a pooling.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ReduceImportTest, TheMeanOfAnImageIsAPool) {
  EXPECT_THAT(ImportNode(13, "ReduceMean", {{2, 3, 4, 5}}, IntsAttribute("axes", {-1, 2})),
              AllOf(HasSubstr("%y = GlobalPool(%x0)"), HasSubstr("[2x3x1x1]")));
  EXPECT_THAT(ImportNode(18, "ReduceMean", {{2, 3, 4, 5}}, IntAttribute("keepdims", 0),
                         {{"a", Integers("a", {2, 3})}}),
              AllOf(HasSubstr("GlobalPool"), HasSubstr("FP32[2x3]")));
  EXPECT_THAT(ImportNode(13, "ReduceMax", {{2, 3, 4, 5}}, IntsAttribute("axes", {3, 2})),
              HasSubstr("GlobalPool(%x0) kind=max"));
}

TEST(ReduceImportTest, OtherAxesAreReduced) {
  EXPECT_THAT(ImportNode(13, "ReduceMean", {{2, 3, 4, 5}}, IntsAttribute("axes", {-3})),
              AllOf(HasSubstr("Reduce(%x0) kind=mean axes=1"), HasSubstr("[2x1x4x5]")));
  EXPECT_THAT(ImportNode(13, "ReduceL1", {{2, 3}}), HasSubstr("kind=lp p=1 axes=0,1"));
  EXPECT_THAT(ImportNode(13, "ReduceL2", {{2, 3}}, IntAttribute("keepdims", 0)),
              HasSubstr("kind=lp p=2 axes=0,1 drop_dims"));
  EXPECT_THAT(ImportNode(13, "ReduceSum", {{2, 3}}, "", {{"a", Integers("a", {1, -1})}}),
              HasSubstr("kind=sum axes=1 "));
  EXPECT_THAT(ImportNode(13, "ReduceMin", {{2, 3}}, IntsAttribute("axes", {2})),
              HasSubstr("axis 2 is outside of -2 to 1"));
}

TEST(ReduceImportTest, NoAxesMeanAllOrNone) {
  EXPECT_THAT(ImportNode(18, "ReduceProd", {{2, 3}}), HasSubstr("axes=0,1"));
  EXPECT_THAT(ImportNode(18, "ReduceSumSquare", {{2, 3}}, IntAttribute("noop_with_empty_axes", 1)),
              AllOf(HasSubstr("kind=sum_square axes="), HasSubstr("FP32[2x3]")));
}

TEST(ReduceImportTest, AxesMustBeKnown) {
  EXPECT_THAT(ImportNode(18, "ReduceSum", {{2, 3}, {1}}), HasSubstr("input 1 must be a constant"));
}

TEST(SoftmaxImportTest, ItsKin) {
  EXPECT_THAT(ImportNode(13, "LogSoftmax", {{2, 3}}), HasSubstr("Softmax(%x0) axis=1 kind=log"));
  EXPECT_THAT(ImportNode(12, "Hardmax", {{2, 3, 4}}),
              AllOf(HasSubstr("Reshape(%x0) shape=2x12"), HasSubstr("kind=hardmax")));
  EXPECT_THAT(ImportNode(12, "Softmax", {{2, 3}}, IntAttribute("axis", 2)), HasSubstr("shape=6x1"));
}

TEST(ArgMaxImportTest, AttributesCarryOver) {
  const auto arg = [](const char* op_type, const std::string& attributes) {
    const auto graph = ImportText(13,
                                  Input("x", {2, 3}) + NodeText(op_type, {"x"}, "y", attributes) +
                                      "output { name: 'y' type { tensor_type { elem_type: 7 } } }",
                                  {{2, 3}});
    return graph.ok() ? ToString(*graph) : graph.status().ToString();
  };
  EXPECT_THAT(arg("ArgMax", ""), AllOf(HasSubstr("ArgMax(%x) axis=0"), HasSubstr("INT64[1x3]")));
  EXPECT_THAT(arg("ArgMin", IntAttribute("axis", -1) + IntAttribute("keepdims", 0) +
                                IntAttribute("select_last_index", 1)),
              AllOf(HasSubstr("axis=1 smallest select_last drop_dims"), HasSubstr("INT64[2]")));
}

TEST(TopKImportTest, KMovedFromAttributeToInput) {
  EXPECT_THAT(ImportNode(9, "TopK", {{2, 5}}, IntAttribute("k", 3)),
              AllOf(HasSubstr("axis=1 k=3"), HasSubstr("FP32[2x3]"), HasSubstr("INT64[2x3]")));
  EXPECT_THAT(
      ImportNode(11, "TopK", {{2, 5}}, IntAttribute("largest", 0), {{"k", Integers("k", {2})}}),
      HasSubstr("axis=1 k=2 smallest"));
  EXPECT_THAT(ImportNode(11, "TopK", {{2, 5}}, "", {{"k", Integers("k", {6})}}),
              HasSubstr("k is 6, but must be from 1 to the 5 elements"));
  EXPECT_THAT(ImportNode(11, "TopK", {{2, 5}}), HasSubstr("input 1, k, must be given"));
  EXPECT_THAT(ImportNode(11, "TopK", {{2, 5}}, "", {{"k", Integers("k", {1, 2})}}),
              HasSubstr("input 1 has 2 values"));
}

TEST(CumSumImportTest, TheAxisIsAnInput) {
  EXPECT_THAT(
      ImportNode(14, "CumSum", {{2, 5}}, IntAttribute("reverse", 1), {{"a", Integers("a", {-1})}}),
      HasSubstr("CumSum(%x0) axis=1 reverse"));
  EXPECT_THAT(ImportNode(14, "CumSum", {{2, 5}}, "", {{"a", Integers("a", {2})}}),
              HasSubstr("axis 2 is outside"));
}

}  // namespace
}  // namespace convoy::testing
