// What the ONNX functions of one, two and three tensors become, and quantised ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ActivationImportTest, AttributesBecomeParameters) {
  EXPECT_THAT(ImportNode(22, "Elu", {{2}}, FloatAttribute("alpha", 2)), HasSubstr("act=elu(2,1)"));
  EXPECT_THAT(ImportNode(22, "Selu", {{2}}), HasSubstr("act=elu(1.67326,1.0507)"));
  EXPECT_THAT(ImportNode(22, "HardSigmoid", {{2}}), HasSubstr("act=hard_sigmoid(0.2,0.5)"));
  EXPECT_THAT(ImportNode(24, "Swish", {{2}}), HasSubstr("act=swish(1)"));
  EXPECT_THAT(ImportNode(20, "Gelu", {{2}}), HasSubstr("act=gelu :"));
  EXPECT_THAT(ImportNode(20, "Gelu", {{2}}, StringAttribute("approximate", "tanh")),
              HasSubstr("act=gelu_tanh"));
  EXPECT_THAT(ImportNode(20, "Gelu", {{2}}, StringAttribute("approximate", "nearly")),
              HasSubstr("approximate is 'nearly', but must be 'none' or 'tanh'"));
  EXPECT_THAT(ImportNode(12, "Celu", {{2}}, FloatAttribute("alpha", 0)), HasSubstr("alpha 0"));
  EXPECT_THAT(ImportNode(10, "Shrink", {{2}}), HasSubstr("kind=shrink(0.5,0)"));
}

// Of onnx.TensorProto.DataType.
constexpr int kOnnxUint8 = 2;
constexpr int kOnnxInt16 = 5;
constexpr int kOnnxBool = 9;

TEST(ActivationImportTest, IsInfIsAComparison) {
  EXPECT_THAT(ImportNode(10, "IsInf", {{2}}, "", {}, kOnnxBool),
              AllOf(HasSubstr("kind=abs"), HasSubstr("kind=equal"), HasSubstr("BOOL[2]")));
  EXPECT_THAT(ImportNode(10, "IsInf", {{2}}, IntAttribute("detect_negative", 0), {}, kOnnxBool),
              AllOf(Not(HasSubstr("abs")), HasSubstr("kind=equal")));
}

TEST(BinaryImportTest, LessIsGreaterTurnedRound) {
  EXPECT_THAT(ImportNode(13, "Less", {{2}, {2}}, "", {}, kOnnxBool),
              HasSubstr("%y = Binary(%x1, %x0) kind=greater : BOOL[2]"));
  EXPECT_THAT(ImportNode(16, "LessOrEqual", {{2}, {2}}, "", {}, kOnnxBool),
              HasSubstr("%y = Binary(%x1, %x0) kind=greater_or_equal"));
}

TEST(BinaryImportTest, SimplePowersAreCheaper) {
  const auto power = [](const std::string& exponent) {
    return ImportNode(13, "Pow", {{2}}, "", {{"e", exponent}});
  };
  EXPECT_THAT(power(Floats("e", {2})), HasSubstr("Binary(%x0, %x0) kind=mul"));
  EXPECT_THAT(power(Floats("e", {0.5F})), HasSubstr("kind=sqrt"));
  EXPECT_THAT(power(Floats("e", {3})), HasSubstr("kind=pow"));
  EXPECT_THAT(power(Integers("e", {2})), HasSubstr("kind=mul"));
}

TEST(BinaryImportTest, BadAttributesAndShapesAreNamed) {
  EXPECT_THAT(ImportNode(11, "BitShift", {{2}, {2}}, StringAttribute("direction", "UP")),
              HasSubstr("direction is 'UP', but must be 'LEFT' or 'RIGHT'"));
  EXPECT_THAT(ImportNode(13, "Mod", {{2}, {2}}), HasSubstr("mod does not exist for elements of "
                                                           "type FP32"));
  EXPECT_THAT(ImportNode(13, "Mod", {{2}, {2}}, IntAttribute("fmod", 1)), HasSubstr("kind=fmod"));
  EXPECT_THAT(ImportNode(13, "Where", {{2}, {2}, {2}}), HasSubstr("must be BOOL"));
}

TEST(BinaryImportTest, SlopesOfOpset6AreChannels) {
  EXPECT_THAT(ImportNode(6, "PRelu", {{1, 3, 4, 5}}, "", {{"s", Floats("s", {1, 2, 3})}}),
              AllOf(HasSubstr("kind=prelu"), HasSubstr("[1x3x4x5]")));
  EXPECT_THAT(ImportNode(9, "PRelu", {{1, 3, 4, 5}}, "", {{"s", Floats("s", {1, 2, 3})}}),
              HasSubstr("do not broadcast"));
}

TEST(BinaryImportTest, ChainsOfAnyLength) {
  EXPECT_THAT(ImportNode(13, "Max", {{2}}), HasSubstr("output %x0"));
  EXPECT_THAT(ImportNode(13, "Mean", {{2}, {2}, {2}}),
              AllOf(HasSubstr("kind=add"), HasSubstr("kind=div")));
}

std::string TypedInitializer(const char* name, int type, int64_t count) {
  std::string data;
  for (int64_t i = 0; i < count; ++i) data += "int32_data: 3 ";
  return absl::StrFormat("initializer { name: '%s' data_type: %d dims: %d %s }\n", name, type,
                         count, data);
}

TEST(QuantizeImportTest, ScalesStretchAlongTheirAxis) {
  const auto quantize = [](int64_t scales, const std::string& attributes = "",
                           int type = kOnnxUint8) {
    return ImportNode(21, "QuantizeLinear", {{2, 3, 4}}, attributes,
                      {{"s", Floats("s", std::vector<float>(static_cast<size_t>(scales), 2))}},
                      type);
  };
  EXPECT_THAT(quantize(1),
              AllOf(HasSubstr("kind=div"), HasSubstr("kind=round"), HasSubstr("UINT8[2x3x4]")));
  EXPECT_THAT(quantize(3), HasSubstr("UINT8[2x3x4]"));
  EXPECT_THAT(quantize(4, IntAttribute("axis", -1)), HasSubstr("UINT8[2x3x4]"));
  EXPECT_THAT(quantize(3, IntAttribute("output_dtype", kOnnxInt16), kOnnxInt16),
              HasSubstr("INT16[2x3x4]"));
  EXPECT_THAT(quantize(4), HasSubstr("input 1 has 4 numbers, but axis 1 has an extent of 3"));
  EXPECT_THAT(quantize(3, IntAttribute("axis", 7)), HasSubstr("axis 7 is outside"));
  EXPECT_THAT(quantize(3, IntAttribute("block_size", 2)), HasSubstr("not blocks"));
}

TEST(QuantizeImportTest, QuantisedWeightsAreConstants) {
  const std::string text = TypedInitializer("w", kOnnxUint8, 6) + Floats("s", {0.5F}) +
                           TypedInitializer("z", kOnnxUint8, 1) + Input("x", {6}) +
                           NodeText("DequantizeLinear", {"w", "s", "z"}, "d") +
                           NodeText("Add", {"x", "d"}, "y") + Output("y");
  const auto graph = ImportText(13, text, {{6}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->nodes.size(), 1U) << ToString(*graph);
}

TEST(IntegerProductsImportTest, TypesAreChecked) {
  EXPECT_THAT(ImportNode(10, "MatMulInteger", {{2, 2}, {2, 2}}),
              HasSubstr("input 0 is FP32, but must be INT8 or UINT8"));
}

}  // namespace
}  // namespace convoy::testing
