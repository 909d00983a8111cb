#include "models/inspect/model_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/inspect/model_folder.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using compute::Shape;
using models::ModelFiles;
using models::ModelSummary;
using models::PlanRequest;
using models::SummarizeModel;
using models::UnsupportedNodes;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Convolution of 3 -> 4 channels by 3x3 without padding, batch norm, ReLU, on 8x8 pixels.
std::string ConvNet() {
  return Input("x", {-1, 3, 8, 8}) + Zeros("w", {4, 3, 3, 3}) + Zeros("scale", {4}) +
         Zeros("shift", {4}) + Zeros("mean", {4}) + Floats("variance", {1, 1, 1, 1}) +
         NodeText("Conv", {"x", "w"}, "c") +
         NodeText("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, "n") +
         NodeText("Relu", {"n"}, "y") + Output("y");
}

absl::StatusOr<ModelSummary> Summarize(const std::string& graph, const PlanRequest& request) {
  const ModelFolder folder;
  const absl::StatusOr<ModelFiles> files = folder.Read(ModelBytes(13, graph));
  if (!files.ok()) return files.status();
  return SummarizeModel(*files, request);
}

TEST(ModelSummaryTest, CountsParametersWorkAndMemoryOfTheGraphAsImported) {
  const auto summary = Summarize(ConvNet(), {.batch = 2, .raw = true});
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_TRUE(summary->status.ok()) << summary->status;
  ASSERT_THAT(summary->layers, SizeIs(3));
  EXPECT_EQ(summary->layers[0].parameters, 4 * 3 * 3 * 3);
  EXPECT_EQ(summary->layers[1].parameters, 4 * 4);
  EXPECT_EQ(summary->layers[2].parameters, 0);
  EXPECT_EQ(summary->parameters, 108 + 16);
  EXPECT_EQ(summary->weight_bytes, 4 * (108 + 16));
  // 2 rows of 4 channels of 6x6 pixels, 27 multiply-adds each.
  EXPECT_EQ(summary->layers[0].flops, 2.0 * 2 * 4 * 36 * 27);
  // Each of the three values lives while the next is made: two of 2*4*36 floats at once.
  EXPECT_EQ(summary->peak_bytes, 2 * (2 * 4 * 36 * 4));
  EXPECT_GE(summary->activation_bytes, summary->peak_bytes);
  EXPECT_EQ(summary->inputs[0].shape, (Shape{2, 3, 8, 8}));
}

TEST(ModelSummaryTest, ShowsTheGraphThatRunsUnlessAskedForTheOther) {
  const auto summary = Summarize(ConvNet(), {});
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_THAT(summary->layers, SizeIs(1)) << "batch norm and ReLU become part of the convolution";
  EXPECT_EQ(summary->layers[0].parameters, 108 + 4);
}

TEST(ModelSummaryTest, SharedWeightsCountOnce) {
  const auto summary =
      Summarize(Input("x", {-1, 3}) + Zeros("w", {3, 3}) + NodeText("MatMul", {"x", "w"}, "a") +
                    NodeText("MatMul", {"a", "w"}, "y") + Output("y"),
                {.raw = true});
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_THAT(summary->layers, SizeIs(2));
  EXPECT_EQ(summary->layers[0].parameters + summary->layers[1].parameters, 18);
  EXPECT_EQ(summary->parameters, 9);
}

TEST(ModelSummaryTest, SaysWhatEachDeviceHasForAnOperator) {
  const auto summary = Summarize(Input("x", {-1, 4}) + Integers("axes", {0, 1, 0, 1}) +
                                     NodeText("Pad", {"x", "axes"}, "p") +
                                     NodeText("Softmax", {"p"}, "y") + Output("y"),
                                 {.raw = true});
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_THAT(summary->coverage, SizeIs(2));
  EXPECT_EQ(summary->coverage[0].op, "Pad");
  EXPECT_EQ(summary->coverage[0].cpu, "reference");
  EXPECT_EQ(summary->coverage[1].op, "Softmax");
  EXPECT_EQ(summary->coverage[1].cpu, "onednn");
  EXPECT_EQ(summary->coverage[1].vulkan, "own shaders");
  EXPECT_EQ(summary->coverage[1].layers, 1);
}

std::string Named(const std::string& op, const std::string& name, const std::string& input,
                  const std::string& output, const std::string& domain = "") {
  return "node { op_type: '" + op + "' name: '" + name + "' domain: '" + domain + "' input: '" +
         input + "' output: '" + output + "' }\n";
}

TEST(ModelSummaryTest, ListsEveryUnsupportedNodeAndNotTheFirstAlone) {
  const auto summary = Summarize(
      Input("x", {-1, 4}) + Named("Quaternion", "first", "x", "a") + Named("Relu", "r", "a", "b") +
          Named("Quaternion", "second", "b", "c") + Named("Fancy", "third", "c", "d", "com.acme") +
          NodeText("Concat", {"x", "x"}, "e", IntAttribute("axis", 7)) + Output("d") + Output("e"),
      {});
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_TRUE(absl::IsUnimplemented(summary->status)) << summary->status;
  ASSERT_THAT(summary->unsupported, SizeIs(3));
  const std::vector<UnsupportedNodes>& rows = summary->unsupported;
  EXPECT_EQ(rows[0].op_type, "Quaternion");
  EXPECT_EQ(rows[0].count, 2);
  EXPECT_EQ(rows[0].first_node, "first");
  EXPECT_THAT(rows[0].reason, HasSubstr("'Quaternion' of the default domain is not supported"));
  EXPECT_EQ(rows[1].op_type, "com.acme.Fancy");
  EXPECT_EQ(rows[1].first_node, "third");
  EXPECT_EQ(rows[2].op_type, "Concat");
  EXPECT_THAT(rows[2].reason, AllOf(HasSubstr("axis 7"), HasSubstr("1")));
  EXPECT_THAT(summary->layers, IsEmpty());
}

TEST(ModelSummaryTest, AMissingValueIsNoUnsupportedOperator) {
  const auto summary =
      Summarize(Input("x", {-1, 4}) + NodeText("Relu", {"x"}, "y") + Output("nobody"), {});
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_THAT(summary->status.ToString(), HasSubstr("nobody"));
  EXPECT_THAT(summary->unsupported, IsEmpty());
}

TEST(ModelSummaryTest, DotHasABoxALayerAndEscapesNames) {
  const auto summary = Summarize(
      Input("x", {-1, 4}) + "node { op_type: 'Relu' name: 'say \"hi\"' input: 'x' output: 'a' }\n" +
          NodeText("Tanh", {"a"}, "y") + Output("y"),
      {.raw = true});
  ASSERT_TRUE(summary.ok()) << summary.status();
  const std::string dot = models::ToDot(summary->plan);
  EXPECT_THAT(dot, AllOf(HasSubstr("v0 -> s0;"), HasSubstr("s0 -> s1;"), HasSubstr("s1 -> o0;"),
                         HasSubstr("say \\\"hi\\\""), HasSubstr("FP32[1x4]")));
}

}  // namespace
}  // namespace convoy::testing
