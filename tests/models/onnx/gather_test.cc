// What the importer makes of operators that pick by indices, and of those it refuses by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/onnx/onnx_text.h"

namespace convoy::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(GatherImportTest, KnownIndicesMustLieInside) {
  const auto gather = [](int64_t index) {
    return ImportNode(13, "Gather", {{2, 3}}, IntAttribute("axis", 1),
                      {{"i", Integers("i", {index})}});
  };
  EXPECT_THAT(gather(-3), HasSubstr("by=axis axis=1 : FP32[2x1]"));
  EXPECT_THAT(gather(3), HasSubstr("index 3 lies outside of -3 to 2"));
  EXPECT_THAT(gather(-4), HasSubstr("index -4 lies outside"));
  EXPECT_THAT(ImportNode(13, "ScatterElements", {{3, 2}}, "",
                         {{"i", Integers("i", {5})}, {"u", Zeros("u", {1})}}),
              HasSubstr("INVALID_ARGUMENT"));
}

TEST(GatherImportTest, NoIndicesGiveAConstantWithoutElements) {
  EXPECT_THAT(
      ImportNode(13, "Gather", {{2, 3}}, IntAttribute("axis", 1), {{"i", Integers("i", {})}}),
      HasSubstr("const[2x0]"));
}

TEST(GatherNDImportTest, BatchDimsAreChecked) {
  const auto gather = [](int64_t batch_dims) {
    return ImportNode(13, "GatherND", {{2, 3}}, IntAttribute("batch_dims", batch_dims),
                      {{"i", Integers("i", {1, 0})}});
  };
  EXPECT_THAT(gather(0), HasSubstr("by=tuples : FP32[scalar]"));
  EXPECT_THAT(gather(1), HasSubstr("must share the first 1 dimensions"));
  EXPECT_THAT(gather(2), HasSubstr("batch_dims is 2; asked for are 0 to 1"));
  EXPECT_THAT(gather(-1), HasSubstr("batch_dims is -1"));
}

TEST(CompressImportTest, IsAGatherOfWhatIsKnownToBeTrue) {
  const auto compress = [](const std::vector<int64_t>& condition) {
    return ImportNode(13, "Compress", {{2, 3}}, IntAttribute("axis", 1),
                      {{"c", Integers("c", condition)}});
  };
  EXPECT_THAT(compress({0, 1, 1}), HasSubstr("by=axis axis=1 : FP32[2x2]"));
  EXPECT_THAT(compress({0, 0}), HasSubstr("const[2x0]"));
  EXPECT_THAT(compress({1, 1, 1, 1}), HasSubstr("at most 3 values"));
  EXPECT_THAT(ImportNode(13, "Compress", {{3}, {3}}),
              AllOf(HasSubstr("UNIMPLEMENTED"), HasSubstr("depends on its values")));
}

TEST(NonZeroImportTest, IsKnownForConstantsOnly) {
  const std::string text =
      Input("x", {2}) + Integers("c", {0, 7, 0, -1}) + NodeText("NonZero", {"c"}, "places") +
      NodeText("Squeeze", {"places"}, "list", IntsAttribute("axes", {0})) +
      NodeText("Reshape", {"x", "ones"}, "y") + Integers("ones", {2, 1}) + Output("y") +
      "output { name: 'list' type { tensor_type { elem_type: 7 } } }\n";
  const auto graph = ImportText(11, text, {{2}});
  ASSERT_TRUE(graph.ok()) << graph.status();
  const auto places = graph->values[graph->outputs[1]].constant->data<int64_t>();
  EXPECT_EQ(std::vector<int64_t>(places.begin(), places.end()), (std::vector<int64_t>{1, 3}));
  EXPECT_THAT(ImportNode(13, "NonZero", {{2}}), HasSubstr("depends on its values"));
}

TEST(TileImportTest, EachAxisIsExpanded) {
  const auto tile = [](const std::vector<int64_t>& repeats) {
    return ImportNode(13, "Tile", {{2, 3}}, "", {{"r", Integers("r", repeats)}});
  };
  EXPECT_THAT(tile({2, 3}),
              AllOf(HasSubstr("shape=1x2x6"), HasSubstr("shape=4x3x3"), HasSubstr("FP32[4x9]")));
  EXPECT_THAT(tile({1, 1}), HasSubstr("FP32[2x3]"));
  EXPECT_THAT(tile({1}), HasSubstr("repeats has 1 values where 2"));
  EXPECT_THAT(tile({1, 0}), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(tile({1, -1}), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(tile({int64_t{1} << 40, int64_t{1} << 40}), HasSubstr("INVALID_ARGUMENT"));
}

TEST(ExpandImportTest, BroadcastsBothWays) {
  const auto expand = [](const std::vector<int64_t>& shape) {
    return ImportNode(13, "Expand", {{3, 1}}, "", {{"s", Integers("s", shape)}});
  };
  EXPECT_THAT(expand({2, 1, 4}), HasSubstr("Expand(%x0) shape=2x3x4"));
  EXPECT_THAT(expand({1}), HasSubstr("FP32[3x1]"));
  EXPECT_THAT(expand({2, 1}), HasSubstr("do not broadcast"));
  EXPECT_THAT(expand({3, -4}), HasSubstr("INVALID_ARGUMENT"));
}

TEST(OutOfScopeTest, IsRefusedByNameWithTheReason) {
  EXPECT_THAT(ImportNode(13, "LSTM", {{2}}),
              HasSubstr("UNIMPLEMENTED: operator 'LSTM' is not supported: recurrent cells are out "
                        "of Convoy's scope, while importing 'LSTM' node 'the_node'"));
  EXPECT_THAT(ImportNode(13, "Loop", {{2}}), HasSubstr("control flow"));
  EXPECT_THAT(ImportNode(13, "Unique", {{2}}), HasSubstr("the size of its result depends on"));
  EXPECT_THAT(ImportNode(13, "NoSuchOperator", {{2}}),
              HasSubstr("operator 'NoSuchOperator' of the default domain is not supported"));
}

}  // namespace
}  // namespace convoy::testing
