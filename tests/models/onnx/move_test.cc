// What the importer makes of operators that move elements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_format.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string SplitText(int64_t outputs, const std::string& attributes,
                      const std::string& sizes = "") {
  std::string text = "node { op_type: 'Split' input: 'x'" + sizes;
  for (int64_t i = 0; i < outputs; ++i) text += absl::StrFormat(" output: 'y%d'", i);
  text += " " + attributes + " }\n";
  for (int64_t i = 0; i < outputs; ++i) text += Output(absl::StrFormat("y%d", i));
  return text;
}

std::string ImportSplit(int opset, int64_t outputs, const std::string& attributes,
                        const std::vector<int64_t>& sizes = {}) {
  const std::string more = sizes.empty() ? "" : Integers("sizes", sizes);
  const auto graph = ImportText(opset,
                                Input("x", {2, 7}) + more +
                                    SplitText(outputs, attributes + IntAttribute("axis", 1),
                                              more.empty() ? "" : " input: 'sizes'"),
                                {{2, 7}});
  return graph.ok() ? ToString(*graph) : graph.status().ToString();
}

TEST(SplitImportTest, IsSlices) {
  EXPECT_THAT(ImportSplit(13, 2, "", {3, 4}),
              AllOf(HasSubstr("starts=0,0 sizes=2,3"), HasSubstr("starts=0,3 sizes=2,4")));
  EXPECT_THAT(ImportSplit(12, 2, IntsAttribute("split", {6, 1})),
              HasSubstr("starts=0,6 sizes=2,1"));
  EXPECT_THAT(ImportSplit(18, 3, IntAttribute("num_outputs", 3)),
              AllOf(HasSubstr("starts=0,3 sizes=2,3"), HasSubstr("starts=0,6 sizes=2,1")));
  EXPECT_THAT(ImportSplit(13, 2, "", {7, 0}), HasSubstr("const[2x0]"));
  EXPECT_THAT(ImportSplit(13, 2, "", {3, 5}), HasSubstr("must add up to the extent 7"));
  EXPECT_THAT(ImportSplit(13, 2, "", {-1, 8}), HasSubstr("must add up to the extent 7"));
  EXPECT_THAT(ImportSplit(13, 3, "", {3, 4}), HasSubstr("2 parts for 3 outputs"));
}

TEST(ConcatImportTest, PartsWithoutElementsAddNothing) {
  const std::string text =
      Input("x", {2, 3}) + Integers("none", {}) + Integers("minus_one", {-1}) +
      NodeText("Concat", {"none", "minus_one", "none"}, "target", IntAttribute("axis", 0)) +
      NodeText("Concat", {"none", "none"}, "empty", IntAttribute("axis", 0)) +
      NodeText("Concat", {"empty", "target"}, "shape", IntAttribute("axis", 0)) +
      NodeText("Reshape", {"x", "shape"}, "y") + Output("y");
  const auto graph = ImportText(13, text, {{2, 3}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_THAT(ToString(*graph), HasSubstr("%y = Reshape(%x) shape=6 : FP32[6]"));
}

TEST(DropoutImportTest, MaskIsAConstantOfOnes) {
  const std::string text =
      Input("x", {2, 3}) + "node { op_type: 'Dropout' input: 'x' output: 'y' output: 'mask' }\n" +
      Output("y") + "output { name: 'mask' type { tensor_type { elem_type: 9 } } }\n";
  const auto graph = ImportText(13, text, {{2, 3}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  const auto& mask = graph->values[graph->outputs[1]].constant;
  ASSERT_NE(mask, nullptr);
  EXPECT_EQ(mask->spec().ToString(), "BOOL[2x3]");
  for (const std::byte value : mask->bytes()) EXPECT_EQ(value, std::byte{1});
}

std::vector<int64_t> RangeOf(int64_t start, int64_t limit, int64_t delta) {
  const std::string text = Input("x", {1}) + Integers("s", {start}) + Integers("l", {limit}) +
                           Integers("d", {delta}) + NodeText("Range", {"s", "l", "d"}, "y") +
                           "output { name: 'y' type { tensor_type { elem_type: 7 } } }\n";
  const auto graph = ImportText(13, text, {{1}});
  EXPECT_TRUE(graph.ok()) << graph.status();
  if (!graph.ok()) return {};
  const auto values = graph->values[graph->outputs[0]].constant->data<int64_t>();
  return {values.begin(), values.end()};
}

TEST(RangeImportTest, CountsUpAndDown) {
  EXPECT_EQ(RangeOf(1, 8, 3), (std::vector<int64_t>{1, 4, 7}));
  EXPECT_EQ(RangeOf(7, -1, -4), (std::vector<int64_t>{7, 3}));
  EXPECT_EQ(RangeOf(3, 3, 1), std::vector<int64_t>{});
}

TEST(RangeImportTest, HugeRangesAreRefused) {
  const std::string text = Input("x", {1}) + Integers("s", {0}) +
                           Integers("l", {int64_t{1} << 52}) + Integers("d", {1}) +
                           NodeText("Range", {"s", "l", "d"}, "y") + Output("y");
  EXPECT_THAT(ImportText(13, text, {{1}}).status().ToString(), HasSubstr("goes beyond"));
  const std::string far = Input("x", {1}) + Integers("s", {std::numeric_limits<int64_t>::min()}) +
                          Integers("l", {std::numeric_limits<int64_t>::max()}) +
                          Integers("d", {1}) + NodeText("Range", {"s", "l", "d"}, "y") +
                          Output("y");
  EXPECT_THAT(ImportText(13, far, {{1}}).status().ToString(), HasSubstr("of at most"));
}

}  // namespace
}  // namespace convoy::testing
