#include "models/onnx/onnx_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using models::OnnxModel;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kHead[] = "name: 'g'\n";

std::string ErrorOf(const absl::StatusOr<models::Graph>& graph) {
  return graph.ok() ? "no error" : graph.status().ToString();
}

TEST(OnnxModelTest, DeclaresInputsThatAreNoInitializers) {
  const auto model = ParseBytes(
      ModelBytes(13, kHead + Input("a:0/x", {-1, 3}) + Input("w", {3, 3}) + Zeros("w", {3, 3}) +
                         NodeText("MatMul", {"a:0/x", "w"}, "y") + Output("y")));
  ASSERT_TRUE(model.ok()) << model.status();
  ASSERT_EQ(model->inputs().size(), 1);
  EXPECT_EQ(model->inputs()[0].name, "a:0/x");
  EXPECT_EQ(model->inputs()[0].dims, (std::vector<int64_t>{models::kSymbolicDim, 3}));
  ASSERT_EQ(model->outputs().size(), 1);
  EXPECT_FALSE(model->outputs()[0].has_shape);
}

TEST(OnnxModelTest, OneFileGivesAGraphForEachBatch) {
  const auto model =
      ParseBytes(ModelBytes(13, Input("x", {-1, 2}) + Zeros("w", {2, 3}) +
                                    NodeText("MatMul", {"x", "w"}, "y") + Output("y")));
  ASSERT_TRUE(model.ok());
  const compute::Shape one{1, 2}, eight{8, 2};
  const auto a = model->Import({&one, 1});
  const auto b = model->Import({&eight, 1});
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->values[a->outputs[0]].spec.shape, (compute::Shape{1, 3}));
  EXPECT_EQ(b->values[b->outputs[0]].spec.shape, (compute::Shape{8, 3}));
  EXPECT_EQ(a->values[0].constant, b->values[0].constant) << "weights are held once";
}

TEST(OnnxModelTest, WeightsMayBeConstantNodes) {
  const std::string constant =
      "node { op_type: 'Constant' output: 'w' attribute { name: 'value' type: TENSOR t { "
      "data_type: 1 dims: 2 dims: 1 float_data: 1 float_data: 2 } } }\n";
  const auto graph = ImportText(
      13, Input("x", {1, 2}) + constant + NodeText("MatMul", {"x", "w"}, "y") + Output("y"),
      {{1, 2}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(ToString(*graph), HasSubstr("%y = MatMul(%x, %w:const[2x1])"));
}

TEST(OnnxModelTest, ShapesThatDoNotFitTheDeclarationAreRefused) {
  const std::string text = Input("x", {-1, 2}) + NodeText("Relu", {"x"}, "y") + Output("y");
  EXPECT_THAT(ErrorOf(ImportText(13, text, {{1, 3}})),
              HasSubstr("input 'x' cannot take the shape 1x3"));
  EXPECT_THAT(ErrorOf(ImportText(13, text, {{1, 2, 1}})), HasSubstr("cannot take the shape"));
  EXPECT_THAT(ErrorOf(ImportText(13, text, {{0, 2}})), HasSubstr("cannot take the shape"));
  EXPECT_THAT(ErrorOf(ImportText(13, text, {})), HasSubstr("0 input shapes are given"));
}

TEST(OnnxModelTest, AnUnknownOperatorIsNamedWithItsNodeAndModel) {
  const std::string text = Input("x", {1}) + NodeText("Quaternion", {"x"}, "y") + Output("y");
  EXPECT_THAT(ErrorOf(ImportText(13, text, {{1}})),
              AllOf(HasSubstr("UNIMPLEMENTED"), HasSubstr("'Quaternion' of the default domain"),
                    HasSubstr("node 'the_node'"), HasSubstr("in model 'test' (opset 13)")));
  const std::string foreign = Input("x", {1}) +
                              "node { op_type: 'FusedConv' domain: 'com.microsoft' input: 'x' "
                              "output: 'y' }\n" +
                              Output("y");
  EXPECT_THAT(ErrorOf(ImportText(13, foreign, {{1}})),
              AllOf(HasSubstr("'FusedConv' of domain 'com.microsoft'"),
                    HasSubstr("while importing 'FusedConv' node 'FusedConv_0'")));
}

TEST(OnnxModelTest, BrokenGraphsAreRefused) {
  const std::string x = Input("x", {2});
  EXPECT_THAT(ErrorOf(ImportText(13, x + NodeText("Relu", {"gone"}, "y") + Output("y"), {{2}})),
              HasSubstr("value 'gone' is read, but no input"));
  EXPECT_THAT(ErrorOf(ImportText(
                  13, x + NodeText("Relu", {"x"}, "y") + NodeText("Tanh", {"x"}, "y") + Output("y"),
                  {{2}})),
              HasSubstr("value 'y' is made twice"));
  EXPECT_THAT(ErrorOf(ImportText(13, x + NodeText("Relu", {"x"}, "x") + Output("x"), {{2}})),
              HasSubstr("value 'x' is made twice"));
  EXPECT_THAT(ErrorOf(ImportText(13, x + NodeText("Relu", {}, "y") + Output("y"), {{2}})),
              HasSubstr("the node has 0 inputs where 1 to 1 are asked for"));
  EXPECT_THAT(ErrorOf(ImportText(13, x + NodeText("Add", {"x", ""}, "y") + Output("y"), {{2}})),
              HasSubstr("the node has 1 inputs where 2 to 2"));
  EXPECT_THAT(ErrorOf(ImportText(13, x + Output("nowhere"), {{2}})),
              HasSubstr("value 'nowhere' is read"));
  EXPECT_THAT(ErrorOf(ImportText(13, x + NodeText("Relu", {"x"}, "y"), {{2}})),
              HasSubstr("the graph has no output"));
  EXPECT_THAT(ErrorOf(ImportText(13, x + x + NodeText("Relu", {"x"}, "y") + Output("y"), {{2}})),
              HasSubstr("declared twice"));
  EXPECT_THAT(ErrorOf(ImportText(13, Zeros("w", {1}) + Zeros("w", {1}) + Output("w"), {})),
              HasSubstr("tensor 'w' is given twice"));
}

TEST(OnnxModelTest, AttributesOfTheWrongTypeAreNamed) {
  EXPECT_THAT(ImportNode(13, "LeakyRelu", {{2}}, StringAttribute("alpha", "much")),
              AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("attribute 'alpha' has type")));
}

TEST(OnnxModelTest, NamesInMessagesAreEscapedAndCut) {
  const std::string name = "evil\\n\\033[31m" + std::string(500, 'x');
  const std::string error =
      ErrorOf(ImportText(13, Input("x", {2}) + NodeText("Relu", {name}, "y") + Output("y"), {{2}}));
  EXPECT_EQ(error.find('\033'), std::string::npos);
  EXPECT_EQ(error.find('\n'), std::string::npos);
  EXPECT_LT(error.size(), 500);
}

TEST(OnnxModelTest, HalvesAreFp32InsideTheGraph) {
  std::string half = Input("x", {2});
  half.replace(half.find("elem_type: 1"), 12, "elem_type: 10");
  std::string output = Output("y");
  output.replace(output.find("elem_type: 1"), 12, "elem_type: 10");
  const auto graph = ImportText(13, half + NodeText("Relu", {"x"}, "y") + output, {{2}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(ToString(*graph),
            "input %x: FP16[2]\n"
            "%x/fp32 = Cast(%x) to=FP32 : FP32[2]\n"
            "%y = Activation(%x/fp32) act=relu : FP32[2]\n"
            "%y/FP32 = Cast(%y) to=FP16 : FP16[2]\n"
            "output %y/FP32\n");
}

TEST(OnnxModelTest, ElementTypesThatDoNotGoTogetherAreNamed) {
  EXPECT_THAT(ImportNode(13, "Add", {{2}}, "", {{"c", Integers("c", {1, 2})}}),
              AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("INT64"), HasSubstr("FP32"),
                    HasSubstr("'Add' node 'the_node'")));
  EXPECT_THAT(
      ErrorOf(ImportText(13, Input("x", {2}) + NodeText("Shape", {"x"}, "y") + Output("y"), {{2}})),
      HasSubstr("output 'y' is declared as FP32, but the graph makes INT64"));
}

TEST(OnnxModelTest, OpsetsOutOfRangeAreRefused) {
  for (const int opset : {0, 5, 26}) {
    const auto model =
        ParseBytes(ModelBytes(opset, Input("x", {2}) + NodeText("Relu", {"x"}, "y") + Output("y")));
    EXPECT_TRUE(absl::IsUnimplemented(model.status())) << opset;
    EXPECT_THAT(model.status().ToString(), HasSubstr("outside of 6 to 25"));
  }
}

TEST(OnnxModelTest, TensorsMustHoldWhatTheirShapeSays) {
  const auto error = [](const std::string& tensor) {
    return ParseBytes(ModelBytes(13, "initializer { name: 'w' data_type: 1 " + tensor + " }\n" +
                                         Output("w")))
        .status()
        .ToString();
  };
  EXPECT_THAT(error("dims: 2 float_data: 1"),
              HasSubstr("the tensor is FP32[2] but holds 1 elements"));
  EXPECT_THAT(error("dims: 2 raw_data: '1234567'"), HasSubstr("FP32[2] but holds 7 bytes"));
  EXPECT_THAT(error("dims: -2 float_data: 1"), HasSubstr("dimensions are negative"));
  EXPECT_THAT(error("dims: 4611686018427387904 dims: 4 raw_data: ''"), HasSubstr("more than"));
  EXPECT_THAT(error("dims: 1000000 dims: 1000 raw_data: ''"), HasSubstr("holds 0 bytes"));
  EXPECT_THAT(error("dims: 1 dims: 1 dims: 1 dims: 1 dims: 1 dims: 1 dims: 1 dims: 1 dims: 1 "
                    "float_data: 1"),
              HasSubstr("9 dimensions; at most 8"));
}

TEST(OnnxModelTest, HugeGraphsAreRefused) {
  std::string nodes;
  for (int i = 0; i <= models::kMaxOnnxNodes; ++i) nodes += "node { op_type: 'Relu' } ";
  EXPECT_THAT(ParseBytes(ModelBytes(13, nodes + Output("y"))).status().ToString(),
              HasSubstr("the graph has 16385 nodes; at most 16384"));
  std::string inputs;
  for (int i = 0; i <= models::kMaxOnnxEdges; ++i) inputs += "input: 'x' ";
  EXPECT_THAT(ParseBytes(ModelBytes(13, "node { op_type: 'Sum' " + inputs + "}" + Output("y")))
                  .status()
                  .ToString(),
              HasSubstr("at most 131072"));
}

TEST(OnnxModelTest, ConstantsThatNodesMakeHaveALimit) {
  std::string nodes = Integers("small", {1 << 10, 1 << 10}) +  // 4 MiB
                      Integers("large", {(1 << 29) - (1 << 20) + 1}) +
                      NodeText("ConstantOfShape", {"small"}, "y") + Output("y");
  EXPECT_EQ(ErrorOf(ImportText(13, nodes, {})), "no error");
  nodes += NodeText("ConstantOfShape", {"large"}, "z");
  EXPECT_THAT(ErrorOf(ImportText(13, nodes, {})),
              HasSubstr("goes beyond the 2147483648 bytes that nodes may make constants of"));
  EXPECT_THAT(
      ErrorOf(ImportText(
          13, Integers("s", {-1}) + NodeText("ConstantOfShape", {"s"}, "y") + Output("y"), {})),
      HasSubstr("goes beyond"));
}

// Whatever bytes a file holds, parsing and importing end in a graph or an error.
void MustNotCrash(const std::string& bytes, const std::vector<compute::Shape>& shapes) {
  const auto model = ParseBytes(bytes);
  if (!model.ok()) {
    EXPECT_FALSE(model.status().message().empty());
    return;
  }
  (void)model->Import(shapes);
}

std::string SmallNetwork() {
  return ModelBytes(
      13, Input("x", {-1, 1, 8, 8}) + Zeros("w", {4, 1, 3, 3}) + Zeros("b", {4}) +
              Integers("shape", {-1, 4}) +
              NodeText("Conv", {"x", "w", "b"}, "c", IntsAttribute("pads", {1, 1, 1, 1})) +
              NodeText("Relu", {"c"}, "r") + NodeText("GlobalAveragePool", {"r"}, "p") +
              NodeText("Reshape", {"p", "shape"}, "y") + Output("y"));
}

TEST(OnnxModelTest, TruncatedFilesAreRefused) {
  const std::string bytes = SmallNetwork();
  const auto whole = ParseBytes(bytes);
  ASSERT_TRUE(whole.ok()) << whole.status();
  const compute::Shape shape{1, 1, 8, 8};
  ASSERT_TRUE(whole->Import({&shape, 1}).ok());
  for (size_t length = 0; length < bytes.size(); ++length) {
    const auto model = ParseBytes(bytes.substr(0, length));
    EXPECT_TRUE(absl::IsInvalidArgument(model.status())) << length << ": " << model.status();
  }
}

TEST(OnnxModelTest, CorruptFilesNeverCrash) {
  const std::string bytes = SmallNetwork();
  uint32_t seed = 1;
  for (int round = 0; round < 4000; ++round) {
    std::string corrupt = bytes;
    for (int change = 0; change < 3; ++change) {
      seed = seed * 1664525U + 1013904223U;
      corrupt[(seed >> 8) % corrupt.size()] = static_cast<char>(seed >> 24);
    }
    MustNotCrash(corrupt, {{1, 1, 8, 8}});
  }
}

TEST(OnnxModelTest, MissingFilesAreNotFound) {
  const auto model = OnnxModel::Read("/nowhere/model.onnx", "lost");
  EXPECT_TRUE(absl::IsNotFound(model.status()));
  EXPECT_THAT(model.status().ToString(),
              AllOf(HasSubstr("/nowhere/model.onnx"), HasSubstr("lost")));
  EXPECT_TRUE(absl::IsNotFound(OnnxModel::Read("/", "directory").status()));
}

}  // namespace
}  // namespace convoy::testing
