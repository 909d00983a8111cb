// What the operators that sample images elsewhere become, and NonMaxSuppression of constants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compute/base/status.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(GridSampleImportTest, NamesOfBothOpsets) {
  const auto sample = [](int opset, const std::string& attributes) {
    return ImportNode(opset, "GridSample", {{1, 2, 3, 4}, {1, 5, 6, 2}}, attributes);
  };
  EXPECT_THAT(sample(16, ""), AllOf(HasSubstr("mode=linear"), HasSubstr("[1x2x5x6]")));
  EXPECT_THAT(sample(16, StringAttribute("mode", "bicubic")), HasSubstr("mode=cubic"));
  EXPECT_THAT(
      sample(20, StringAttribute("mode", "cubic") + StringAttribute("padding_mode", "reflection") +
                     IntAttribute("align_corners", 1)),
      HasSubstr("mode=cubic padding=reflection align_corners"));
  EXPECT_THAT(sample(20, StringAttribute("mode", "area")), HasSubstr("mode is 'area'"));
  EXPECT_THAT(sample(20, StringAttribute("padding_mode", "wrap")), HasSubstr("is 'wrap'"));
}

TEST(AffineGridImportTest, IsAProductOfMatrices) {
  const auto grid = [](const std::vector<int64_t>& theta, const std::vector<int64_t>& size) {
    return ImportNode(20, "AffineGrid", {theta}, "", {{"s", Integers("s", size)}});
  };
  EXPECT_THAT(grid({2, 2, 3}, {2, 7, 5, 4}), AllOf(HasSubstr("MatMul"), HasSubstr("[2x5x4x2]")));
  EXPECT_THAT(grid({2, 3, 4}, {2, 7, 3, 5, 4}), HasSubstr("[2x3x5x4x3]"));
  EXPECT_THAT(grid({2, 3, 4}, {2, 7, 5, 4}), HasSubstr("theta has the shape 2x3x4"));
  EXPECT_THAT(grid({2, 2, 3}, {2, 7}), HasSubstr("size 2 entries"));
  EXPECT_THAT(grid({2, 2, 3}, {2, 7, 0, 4}), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(grid({2, 2, 3}, {2, 7, int64_t{1} << 40, int64_t{1} << 40}),
              HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(grid({2, 2, 3}, {2, 7, int64_t{1} << 20, int64_t{1} << 12}),
              HasSubstr("goes beyond"));
}

TEST(RoiAlignImportTest, TheTransformCameWithOpset16) {
  const auto align = [](int opset, const std::string& attributes) {
    return ImportNode(opset, "RoiAlign", {{1, 2, 9, 9}}, attributes,
                      {{"r", Zeros("r", {3, 4})}, {"b", Integers("b", {0, 0, 0})}});
  };
  const std::string size = IntAttribute("output_height", 3) + IntAttribute("output_width", 2);
  EXPECT_THAT(align(10, size), AllOf(HasSubstr("output_half_pixel"), HasSubstr("[3x2x3x2]")));
  EXPECT_THAT(align(16, size), Not(HasSubstr("output_half_pixel")));
  EXPECT_THAT(align(16, StringAttribute("mode", "max")), HasSubstr("mode=max"));
  EXPECT_THAT(align(16, StringAttribute("mode", "min")), HasSubstr("mode is 'min'"));
  EXPECT_THAT(align(16, StringAttribute("coordinate_transformation_mode", "full")),
              HasSubstr("is 'full'"));
  EXPECT_THAT(align(16, IntAttribute("sampling_ratio", int64_t{1} << 40)),
              HasSubstr("sampling_ratio is"));
}

TEST(MaxRoiPoolImportTest, NeedsItsShape) {
  EXPECT_THAT(
      ImportNode(7, "MaxRoiPool", {{1, 2, 9, 9}, {3, 5}}, IntsAttribute("pooled_shape", {3, 2})),
      HasSubstr("[3x2x3x2]"));
  EXPECT_THAT(ImportNode(7, "MaxRoiPool", {{1, 2, 9, 9}, {3, 5}}),
              HasSubstr("pooled_shape has 0 values"));
}

TEST(DeformConvImportTest, IsAConvolutionOfColumns) {
  const auto deform = [](const std::vector<std::vector<int64_t>>& inputs,
                         const std::string& attributes = "") {
    return ImportNode(19, "DeformConv", inputs, attributes);
  };
  EXPECT_THAT(deform({{1, 4, 5, 5}, {6, 4, 3, 3}, {1, 18, 3, 3}}),
              AllOf(HasSubstr("DeformColumns"), HasSubstr("Conv"), HasSubstr("[1x6x3x3]")));
  EXPECT_THAT(deform({{1, 4, 5, 5}, {6, 2, 3, 3}, {1, 36, 3, 3}, {6}, {1, 18, 3, 3}},
                     IntAttribute("group", 2) + IntAttribute("offset_group", 2)),
              AllOf(HasSubstr("group=2"), HasSubstr("[1x6x3x3]")));
  EXPECT_THAT(deform({{1, 4, 5, 5}, {6, 4, 3, 3}, {1, 9, 3, 3}}), HasSubstr("1x18x3x3"));
  EXPECT_THAT(deform({{1, 4, 5, 5, 5}, {6, 4, 3, 3, 3}, {1, 81, 3, 3, 3}}),
              HasSubstr("supported in 2-D"));
  EXPECT_THAT(
      deform({{1, 4, 5, 5}, {6, 4, 3, 3}, {1, 18, 3, 3}}, IntsAttribute("kernel_shape", {2, 2})),
      HasSubstr("not that of the weights"));
}

TEST(Col2ImImportTest, IsAnUpConvolution) {
  const auto image = [](const std::vector<int64_t>& columns, const std::vector<int64_t>& extents,
                        const std::vector<int64_t>& block, const std::string& attributes = "") {
    return ImportNode(18, "Col2Im", {columns}, attributes,
                      {{"i", Integers("i", extents)}, {"b", Integers("b", block)}});
  };
  EXPECT_THAT(image({1, 5, 5}, {5, 5}, {1, 5}), HasSubstr("[1x1x5x5]"));
  EXPECT_THAT(image({1, 18, 4}, {6, 6}, {3, 3}, IntsAttribute("strides", {2, 2})),
              AllOf(HasSubstr("group=2"), HasSubstr("[1x2x6x6]")));
  EXPECT_THAT(image({1, 6, 4}, {9}, {3}, IntsAttribute("strides", {2})), HasSubstr("[1x2x9]"));
  EXPECT_THAT(image({1, 7, 4}, {6, 6}, {3, 3}), HasSubstr("not a multiple of the block's 9"));
  EXPECT_THAT(image({1, 9, 5}, {6, 6}, {3, 3}), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(image({1, 9, 4}, {2, 2}, {3, 3}), HasSubstr("kernel covers 3"));
  EXPECT_THAT(image({1, 9, 4}, {6, 6}, {9}), HasSubstr("do not fit"));
}

TEST(CenterCropPadImportTest, IsAPadThatMayCrop) {
  const auto crop = [](const std::vector<int64_t>& shape, const std::string& attributes = "") {
    return ImportNode(18, "CenterCropPad", {{4, 7}}, attributes, {{"s", Integers("s", shape)}});
  };
  EXPECT_THAT(crop({7, 4}), AllOf(HasSubstr("pads=1,-1,2,-2"), HasSubstr("[7x4]")));
  EXPECT_THAT(crop({2}, IntsAttribute("axes", {-1})), HasSubstr("[4x2]"));
  EXPECT_THAT(crop({2}), HasSubstr("shape has 1 values where 2"));
  EXPECT_THAT(crop({0, 1}), HasSubstr("extent of 0"));
  EXPECT_THAT(crop({int64_t{1} << 60, 1}), HasSubstr("shape asks for an extent"));
}

// An initializer of FP32 with these dims.
std::string Tensor(const std::string& name, const std::string& dims,
                   const std::vector<float>& values) {
  std::string text = Floats(name, values);
  const std::string dim = absl::StrFormat("dims: %d", values.size());
  return text.replace(text.find(dim), dim.size(), dims);
}

// Of three boxes, the second of which covers most of the first.
absl::StatusOr<std::vector<int64_t>> Kept(const std::vector<float>& scores, int64_t most,
                                          float overlap) {
  const std::string text =
      Tensor("boxes", "dims: 1 dims: 3 dims: 4", {0, 0, 10, 10, 0, 1, 10, 11, 0, 20, 10, 30}) +
      Tensor("scores", "dims: 1 dims: 1 dims: 3", scores) + Integers("most", {most}) +
      Floats("overlap", {overlap}) + Floats("least", {0.1F}) +
      NodeText("NonMaxSuppression", {"boxes", "scores", "most", "overlap", "least"}, "y") +
      "output { name: 'y' type { tensor_type { elem_type: 7 } } }";
  CONVOY_ASSIGN_OR_RETURN(const models::Graph graph, ImportText(11, text, {}));
  const auto kept = graph.values[graph.outputs[0]].constant->data<int64_t>();
  return std::vector<int64_t>(kept.begin(), kept.end());
}

std::vector<int64_t> RowsOf(const absl::StatusOr<std::vector<int64_t>>& kept) {
  EXPECT_TRUE(kept.ok()) << kept.status();
  return kept.value_or(std::vector<int64_t>());
}

TEST(NonMaxSuppressionImportTest, ConstantsAreSelectedFrom) {
  EXPECT_THAT(RowsOf(Kept({0.5F, 0.9F, 0.7F}, 3, 0.5F)), ElementsAre(0, 0, 1, 0, 0, 2));
  EXPECT_THAT(RowsOf(Kept({0.5F, 0.9F, 0.7F}, 3, 0.9F)), ElementsAre(0, 0, 1, 0, 0, 2, 0, 0, 0));
  EXPECT_THAT(RowsOf(Kept({0.5F, 0.9F, 0.7F}, 1, 0.5F)), ElementsAre(0, 0, 1));
  EXPECT_THAT(RowsOf(Kept({0.5F, 0.5F, 0.05F}, 9, 0.5F)), ElementsAre(0, 0, 0));
  EXPECT_THAT(Kept({0, 0, 0}, 9, 0.5F).status().ToString(), HasSubstr("no box is kept"));
  EXPECT_THAT(Kept({1, 1, 1}, 0, 0.5F).status().ToString(), HasSubstr("no box is kept"));
}

TEST(NonMaxSuppressionImportTest, WhatDependsOnDataIsRefused) {
  EXPECT_THAT(ImportNode(11, "NonMaxSuppression", {{1, 3, 4}, {1, 1, 3}}),
              AllOf(HasSubstr("UNIMPLEMENTED"), HasSubstr("how many boxes are kept depends")));
}

}  // namespace
}  // namespace convoy::testing
