// What each ONNX operator becomes, where its form changed between opsets or its arguments are
// resolved at import.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Initializers = std::vector<std::pair<std::string, std::string>>;
Initializers Weights(const std::vector<int64_t>& dims) { return {{"w", Zeros("w", dims)}}; }

TEST(ConvImportTest, AutoPadBecomesPads) {
  const auto pads = [](const char* auto_pad, int64_t stride) {
    return ImportNode(
        13, "Conv", {{1, 1, 5, 6}},
        StringAttribute("auto_pad", auto_pad) + IntsAttribute("strides", {stride, stride}),
        Weights({2, 1, 3, 3}));
  };
  EXPECT_THAT(pads("SAME_UPPER", 2), AllOf(HasSubstr("pads=1,0,1,1"), HasSubstr("[1x2x3x3]")));
  EXPECT_THAT(pads("SAME_LOWER", 2), AllOf(HasSubstr("pads=1,1,1,0"), HasSubstr("[1x2x3x3]")));
  EXPECT_THAT(pads("SAME_UPPER", 1), AllOf(HasSubstr("pads=1,1,1,1"), HasSubstr("[1x2x5x6]")));
  EXPECT_THAT(pads("VALID", 1), AllOf(Not(HasSubstr("pads")), HasSubstr("[1x2x3x4]")));
  EXPECT_THAT(pads("SIDEWAYS", 1), HasSubstr("auto_pad is 'SIDEWAYS'"));
}

TEST(ConvImportTest, OneAndThreeDimensions) {
  EXPECT_THAT(
      ImportNode(13, "Conv", {{1, 1, 9}}, IntsAttribute("pads", {2, 0}), Weights({2, 1, 4})),
      HasSubstr("kernel=4 pads=2,0 : FP32[1x2x8]"));
  EXPECT_THAT(ImportNode(13, "Conv", {{1, 2, 4, 5, 6}},
                         IntsAttribute("dilations", {1, 2, 3}) + IntAttribute("group", 2),
                         Weights({2, 1, 2, 2, 2})),
              HasSubstr("[1x2x3x3x3]"));
}

TEST(ConvImportTest, BadAttributesAreNamed) {
  const auto error = [](const std::string& attributes) {
    return ImportNode(13, "Conv", {{1, 1, 5, 5}}, attributes, Weights({2, 1, 3, 3}));
  };
  EXPECT_THAT(error(IntsAttribute("strides", {0, 1})), HasSubstr("strides has the value 0"));
  EXPECT_THAT(error(IntsAttribute("strides", {1})), HasSubstr("strides has 1 values where 2"));
  EXPECT_THAT(error(IntsAttribute("pads", {1, 1})), HasSubstr("pads has 2 values where 4"));
  EXPECT_THAT(error(IntsAttribute("pads", {-1, 0, 0, 0})), HasSubstr("pads has the value -1"));
  EXPECT_THAT(error(IntsAttribute("dilations", {1, int64_t{1} << 62})), HasSubstr("dilations has"));
  EXPECT_THAT(error(IntsAttribute("kernel_shape", {2, 2})), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(error(IntAttribute("group", 0)), HasSubstr("INVALID_ARGUMENT"));
}

TEST(ConvTransposeImportTest, OutputShapeAndAutoPadBecomePads) {
  const auto up = [](const std::string& attributes) {
    return ImportNode(13, "ConvTranspose", {{1, 1, 3, 3}},
                      IntsAttribute("strides", {2, 2}) + attributes, Weights({1, 2, 3, 3}));
  };
  EXPECT_THAT(up(""), HasSubstr("[1x2x7x7]"));
  EXPECT_THAT(up(IntsAttribute("output_padding", {1, 1})), HasSubstr("[1x2x8x8]"));
  EXPECT_THAT(up(StringAttribute("auto_pad", "SAME_UPPER")),
              AllOf(HasSubstr("pads=0,0,1,1"), HasSubstr("[1x2x6x6]")));
  EXPECT_THAT(up(StringAttribute("auto_pad", "SAME_LOWER")), HasSubstr("pads=1,1,0,0"));
  EXPECT_THAT(up(IntsAttribute("output_shape", {5, 6})), HasSubstr("[1x2x5x6]"));
  EXPECT_THAT(up(IntsAttribute("output_shape", {8, 7})),
              AllOf(HasSubstr("[1x2x8x7]"), HasSubstr("output_padding=1,0")));
  EXPECT_THAT(up(IntsAttribute("output_shape", {0, 7})), HasSubstr("asks for an extent of 0"));
  EXPECT_THAT(up(IntsAttribute("output_shape", {7})), HasSubstr("has 1 values where 2"));
}

TEST(PoolImportTest, AttributesCarryOver) {
  EXPECT_THAT(ImportNode(10, "MaxPool", {{1, 1, 5, 5}},
                         IntsAttribute("kernel_shape", {2, 2}) + IntsAttribute("strides", {2, 2}) +
                             IntAttribute("ceil_mode", 1)),
              AllOf(HasSubstr("kind=max"), HasSubstr("ceil_mode"), HasSubstr("[1x1x3x3]")));
  EXPECT_THAT(
      ImportNode(13, "AveragePool", {{1, 1, 5, 5}},
                 IntsAttribute("kernel_shape", {3, 3}) + StringAttribute("auto_pad", "SAME_UPPER") +
                     IntAttribute("count_include_pad", 1)),
      AllOf(HasSubstr("count_include_pad"), HasSubstr("[1x1x5x5]")));
  EXPECT_THAT(ImportNode(13, "MaxPool", {{1, 1, 5, 5}}),
              HasSubstr("kernel_shape has 0 values where 2"));
  EXPECT_THAT(ImportNode(13, "MaxPool", {{1, 5}}, IntsAttribute("kernel_shape", {2})),
              HasSubstr("supported are 1 to 3 spatial dimensions"));
}

TEST(ClipImportTest, BoundsMovedFromAttributesToInputs) {
  EXPECT_THAT(ImportNode(6, "Clip", {{2}}, FloatAttribute("min", 0) + FloatAttribute("max", 6)),
              HasSubstr("act=clip(0,6)"));
  EXPECT_THAT(
      ImportNode(11, "Clip", {{2}}, "", {{"lo", Floats("lo", {-1})}, {"hi", Floats("hi", {1})}}),
      HasSubstr("act=clip(-1,1)"));
  EXPECT_THAT(
      ImportNode(11, "Clip", {{2}}, "", {{"lo", Floats("lo", {-1, 2})}, {"hi", Floats("hi", {1})}}),
      HasSubstr("input 1 has 2 values where one is asked for"));
  EXPECT_THAT(ImportNode(11, "Clip", {{2}, {1}}), HasSubstr("Binary(%x0, %x1) kind=max"));
}

TEST(SoftmaxImportTest, OldOpsetsFlatten) {
  EXPECT_THAT(ImportNode(13, "Softmax", {{2, 3, 4}}), HasSubstr("Softmax(%x0) axis=2"));
  EXPECT_THAT(ImportNode(13, "Softmax", {{2, 3, 4}}, IntAttribute("axis", 1)),
              HasSubstr("Softmax(%x0) axis=1"));
  EXPECT_THAT(ImportNode(12, "Softmax", {{2, 3, 4}}),
              AllOf(HasSubstr("Reshape(%x0) shape=2x12"), HasSubstr("axis=1 : FP32[2x12]"),
                    HasSubstr("%y = Reshape"), HasSubstr("FP32[2x3x4]")));
  EXPECT_THAT(ImportNode(7, "Softmax", {{2, 3, 1, 1}}), HasSubstr("Softmax(%x0) axis=1"));
  EXPECT_THAT(ImportNode(13, "Softmax", {{2, 3}}, IntAttribute("axis", 2)),
              HasSubstr("axis 2 is outside of -2 to 1"));
}

TEST(SliceImportTest, NegativeIndicesAndClampsAreResolved) {
  const auto slice = [](int64_t start, int64_t end, int64_t step) {
    return ImportNode(13, "Slice", {{2, 10}}, "",
                      {{"s", Integers("s", {start})},
                       {"e", Integers("e", {end})},
                       {"a", Integers("a", {-1})},
                       {"t", Integers("t", {step})}});
  };
  const int64_t most = std::numeric_limits<int64_t>::max();
  const int64_t least = std::numeric_limits<int64_t>::min();
  EXPECT_THAT(slice(2, most, 3), HasSubstr("[2x3]"));
  EXPECT_THAT(slice(-3, most, 1), HasSubstr("[2x3]"));
  EXPECT_THAT(slice(-1, least, -1), HasSubstr("[2x10]"));
  EXPECT_THAT(slice(9, 0, -4), HasSubstr("[2x3]"));
  EXPECT_THAT(slice(0, 10, most), HasSubstr("[2x1]"));
  EXPECT_THAT(slice(9, least, least), HasSubstr("[2x1]"));
  EXPECT_THAT(slice(5, 5, 1), HasSubstr("const[2x0]"));
  EXPECT_THAT(slice(0, 5, 0), HasSubstr("a step of 0 does not move"));
  EXPECT_THAT(
      ImportNode(9, "Slice", {{2, 10}}, IntsAttribute("starts", {1}) + IntsAttribute("ends", {2})),
      HasSubstr("[1x10]"));
}

TEST(PadImportTest, PadsMovedFromAttributesToInputs) {
  EXPECT_THAT(ImportNode(7, "Pad", {{1, 3}},
                         IntsAttribute("pads", {0, 1, 0, 2}) + FloatAttribute("value", 5)),
              AllOf(HasSubstr("pads=0,1,0,2"), HasSubstr("value=5"), HasSubstr("[1x6]")));
  EXPECT_THAT(ImportNode(13, "Pad", {{1, 3}}, StringAttribute("mode", "reflect"),
                         {{"p", Integers("p", {0, 1, 0, 2})}}),
              AllOf(HasSubstr("reflect"), HasSubstr("[1x6]")));
  EXPECT_THAT(ImportNode(13, "Pad", {{1, 3}}, "", {{"p", Integers("p", {1, 1})}}),
              HasSubstr("pads has 2 values where 4"));
  EXPECT_THAT(ImportNode(19, "Pad", {{1, 3}}, StringAttribute("mode", "wrap"),
                         {{"p", Integers("p", {0, 1, 0, 2})}}),
              AllOf(HasSubstr("mode=wrap"), HasSubstr("[1x6]")));
  EXPECT_THAT(ImportNode(19, "Pad", {{1, 3}}, StringAttribute("mode", "mirror"),
                         {{"p", Integers("p", {0, 1, 0, 2})}}),
              HasSubstr("mode is 'mirror'"));
  EXPECT_THAT(ImportNode(13, "Pad", {{1, 3}}, "",
                         {{"p", Integers("p", {0, int64_t{1} << 62, 0, int64_t{1} << 62})}}),
              HasSubstr("INVALID_ARGUMENT"));
}

TEST(ReshapeImportTest, TargetsAreResolved) {
  const auto reshape = [](const std::vector<int64_t>& shape, const std::string& attributes = "") {
    return ImportNode(14, "Reshape", {{2, 3, 4}}, attributes, {{"s", Integers("s", shape)}});
  };
  EXPECT_THAT(reshape({0, -1}), HasSubstr("FP32[2x12]"));
  EXPECT_THAT(reshape({-1}), HasSubstr("FP32[24]"));
  EXPECT_THAT(reshape({-1, -1}), HasSubstr("more than one -1"));
  EXPECT_THAT(reshape({5, -1}), HasSubstr("do not fit"));
  EXPECT_THAT(reshape({int64_t{1} << 62, 4}), HasSubstr("do not fit"));
  EXPECT_THAT(reshape({0, 12}, IntAttribute("allowzero", 1)), HasSubstr("do not fit"));
  EXPECT_THAT(ImportNode(14, "Reshape", {{2, 3}, {1}}), HasSubstr("input 1 must be a constant"));
}

TEST(ReshapeImportTest, TheRestOfTheFamily) {
  EXPECT_THAT(ImportNode(13, "Flatten", {{2, 3, 4}}), HasSubstr("FP32[2x12]"));
  EXPECT_THAT(ImportNode(13, "Flatten", {{2, 3, 4}}, IntAttribute("axis", 0)),
              HasSubstr("FP32[1x24]"));
  EXPECT_THAT(ImportNode(11, "Flatten", {{2, 3, 4}}, IntAttribute("axis", -1)),
              HasSubstr("FP32[6x4]"));
  EXPECT_THAT(ImportNode(11, "Squeeze", {{1, 3, 1}}), HasSubstr("FP32[3]"));
  EXPECT_THAT(ImportNode(11, "Squeeze", {{1, 3, 1}}, IntsAttribute("axes", {-1})),
              HasSubstr("FP32[1x3]"));
  EXPECT_THAT(ImportNode(11, "Squeeze", {{1, 3}}, IntsAttribute("axes", {1})),
              HasSubstr("has more than one element"));
  EXPECT_THAT(ImportNode(13, "Unsqueeze", {{3}}, "", {{"a", Integers("a", {0, -1})}}),
              HasSubstr("FP32[1x3x1]"));
  EXPECT_THAT(ImportNode(11, "Unsqueeze", {{3}}, IntsAttribute("axes", {0, 0})),
              HasSubstr("axis 0 is given twice"));
  EXPECT_THAT(ImportNode(13, "Dropout", {{2, 3}}), HasSubstr("FP32[2x3]"));
}

TEST(ResizeImportTest, EachOpsetsForm) {
  const std::string scales = Floats("s", {1, 1, 2, 2.5F});
  EXPECT_THAT(ImportNode(9, "Upsample", {{1, 1, 2, 2}}, "", {{"s", scales}}),
              AllOf(HasSubstr("asymmetric"), HasSubstr("floor"), HasSubstr("[1x1x4x5]")));
  EXPECT_THAT(
      ImportNode(10, "Resize", {{1, 1, 2, 2}}, StringAttribute("mode", "linear"), {{"s", scales}}),
      AllOf(HasSubstr("linear"), HasSubstr("asymmetric"), HasSubstr("[1x1x4x5]")));
  EXPECT_THAT(ImportNode(13, "Resize", {{1, 1, 2, 2}}, "", {{"", ""}, {"s", scales}}),
              HasSubstr("[1x1x4x5]"));
  EXPECT_THAT(ImportNode(13, "Resize", {{1, 1, 2, 2}}, "",
                         {{"", ""}, {"", ""}, {"z", Integers("z", {1, 1, 7, 3})}}),
              HasSubstr("[1x1x7x3]"));
  EXPECT_THAT(ImportNode(18, "Resize", {{1, 1, 2, 2}}, IntsAttribute("axes", {3, 2}),
                         {{"", ""}, {"", ""}, {"z", Integers("z", {7, 3})}}),
              HasSubstr("[1x1x3x7]"));
}

TEST(ResizeImportTest, CropsNeedARegion) {
  const std::string crop = StringAttribute("coordinate_transformation_mode", "tf_crop_and_resize");
  const std::string scales = Floats("s", {2, 2});
  const std::string axes = IntsAttribute("axes", {3, 2});
  EXPECT_THAT(ImportNode(18, "Resize", {{1, 1, 2, 2}}, crop + axes, {{"", ""}, {"s", scales}}),
              HasSubstr("roi must be given"));
  EXPECT_THAT(ImportNode(18, "Resize", {{1, 1, 2, 2}}, crop + axes,
                         {{"r", Floats("r", {0.25F, 0, 0.75F})}, {"s", scales}}),
              HasSubstr("roi have"));
  EXPECT_THAT(ImportNode(18, "Resize", {{1, 1, 2, 2}},
                         crop + axes + FloatAttribute("extrapolation_value", 7),
                         {{"r", Floats("r", {0.25F, 0, 0.75F, 2})}, {"s", scales}}),
              AllOf(HasSubstr("roi=0,0,0,0.25,1,1,2,0.75"), HasSubstr("extrapolation=7")));
}

TEST(ResizeImportTest, AspectRatiosAreKept) {
  const auto resize = [](const char* policy) {
    return ImportNode(
        18, "Resize", {{1, 1, 4, 6}},
        StringAttribute("keep_aspect_ratio_policy", policy) + IntsAttribute("axes", {2, 3}),
        {{"", ""}, {"", ""}, {"z", Integers("z", {7, 8})}});
  };
  EXPECT_THAT(resize("stretch"), HasSubstr("[1x1x7x8]"));
  EXPECT_THAT(resize("not_larger"), HasSubstr("[1x1x5x8]"));
  EXPECT_THAT(resize("not_smaller"), HasSubstr("[1x1x7x11]"));
  EXPECT_THAT(resize("crop"), HasSubstr("keep_aspect_ratio_policy 'crop' does not exist"));
}

TEST(ResizeImportTest, WhatDoesNotExistIsNamed) {
  const Initializers scales{{"", ""}, {"s", Floats("s", {1, 1, 2, 2})}};
  EXPECT_THAT(ImportNode(13, "Resize", {{1, 1, 2, 2}}, StringAttribute("mode", "area"), scales),
              AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("mode is 'area'")));
  EXPECT_THAT(ImportNode(13, "Resize", {{1, 1, 2, 2}},
                         StringAttribute("coordinate_transformation_mode", "sideways"), scales),
              HasSubstr("'sideways' does not exist"));
  for (const float bad : {0.0F, -1.0F, 1e20F}) {
    EXPECT_THAT(ImportNode(13, "Resize", {{1, 1, 2, 2}}, "",
                           {{"", ""}, {"s", Floats("s", {1, 1, 2, bad})}}),
                HasSubstr("makes a dimension of 2 out of range"));
  }
  EXPECT_THAT(ImportNode(13, "Resize", {{1, 1, 2, 2}}),
              HasSubstr("either scales or sizes must be given"));
}

TEST(BlockImportTest, DepthToSpaceAndBack) {
  EXPECT_THAT(
      ImportNode(13, "DepthToSpace", {{1, 8, 2, 3}}, IntAttribute("blocksize", 2)),
      AllOf(HasSubstr("perm=0,3,4,1,5,2"), HasSubstr("%y = Reshape"), HasSubstr("[1x2x4x6]")));
  EXPECT_THAT(ImportNode(13, "DepthToSpace", {{1, 8, 2, 3}},
                         IntAttribute("blocksize", 2) + StringAttribute("mode", "CRD")),
              HasSubstr("perm=0,1,4,2,5,3"));
  EXPECT_THAT(ImportNode(13, "SpaceToDepth", {{1, 2, 4, 6}}, IntAttribute("blocksize", 2)),
              HasSubstr("[1x8x2x3]"));
  EXPECT_THAT(ImportNode(13, "DepthToSpace", {{1, 7, 2, 3}}, IntAttribute("blocksize", 2)),
              HasSubstr("7 channels"));
  EXPECT_THAT(ImportNode(13, "DepthToSpace", {{1, 8, 2, 3}}), HasSubstr("blocksize 0"));
  EXPECT_THAT(
      ImportNode(13, "DepthToSpace", {{1, 8, 2, 3}}, IntAttribute("blocksize", int64_t{1} << 40)),
      HasSubstr("blocksize 1099511627776"));
}

// x.view(x.size(0), -1), as exporters write it.
TEST(ShapeArithmeticTest, IsComputedAtImport) {
  const std::string text =
      Input("x", {-1, 3, 4}) + Integers("first", {0}) + Integers("rest", {-1}) +
      NodeText("Shape", {"x"}, "shape") + NodeText("Gather", {"shape", "first"}, "batch") +
      NodeText("Concat", {"batch", "rest"}, "target", IntAttribute("axis", 0)) +
      NodeText("Reshape", {"x", "target"}, "y") + Output("y");
  const auto graph = ImportText(13, text, {{5, 3, 4}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(ToString(*graph),
            "input %x: FP32[5x3x4]\n"
            "%y = Reshape(%x) shape=5x12 : FP32[5x12]\n"
            "output %y\n");
}

TEST(ShapeArithmeticTest, NumbersOverflowIntoAnErrorNotIntoNonsense) {
  const int64_t big = std::numeric_limits<int64_t>::max();
  const std::string text = Input("x", {2}) + Integers("a", {big}) + Integers("b", {2}) +
                           NodeText("Mul", {"a", "b"}, "c") + NodeText("Reshape", {"x", "c"}, "y") +
                           Output("y");
  EXPECT_FALSE(ImportText(13, text, {{2}}).ok());
}

TEST(FurtherOutputsTest, AreRefusedOnlyWhereTheyAreUsed) {
  const std::string norm = Input("x", {1, 2}) + Zeros("z", {2}) +
                           "node { op_type: 'BatchNormalization' input: 'x' input: 'z' input: 'z' "
                           "input: 'z' input: 'z' output: 'y' output: 'mean' }\n";
  EXPECT_TRUE(ImportText(13, norm + Output("y"), {{1, 2}}).ok());
  const auto used = ImportText(13, norm + Output("mean"), {{1, 2}});
  EXPECT_TRUE(absl::IsUnimplemented(used.status()));
  EXPECT_THAT(used.status().ToString(), AllOf(HasSubstr("value 'mean' is a further output"),
                                              HasSubstr("BatchNormalization_0")));
}

TEST(BroadcastImportTest, Opset6AlignsAtAnAxis) {
  const std::string text =
      Input("x", {2, 3, 4}) + Zeros("b", {3}) +
      NodeText("Add", {"x", "b"}, "y", IntAttribute("broadcast", 1) + IntAttribute("axis", 1)) +
      Output("y");
  const auto graph = ImportText(6, text, {{2, 3, 4}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(ToString(*graph), HasSubstr("const[3x1]"));
}

TEST(SumImportTest, IsAChainOfAdds) {
  EXPECT_THAT(ImportNode(13, "Sum", {{2}, {2}, {2}}),
              AllOf(HasSubstr("%y/1 = Binary(%x0, %x1) kind=add"),
                    HasSubstr("%y = Binary(%y/1, %x2) kind=add")));
}

}  // namespace
}  // namespace convoy::testing
