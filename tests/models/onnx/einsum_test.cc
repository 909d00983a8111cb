#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/onnx/einsum_equation.h"
#include "tests/models/onnx/onnx_text.h"

namespace convoy::models {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kDot = 256;  // the last dimension of "..."

TEST(ParseEinsumTest, ExplicitAndImplicitResults) {
  const auto product = ParseEinsum("bij, bjk -> bik", {3, 3});
  ASSERT_TRUE(product.ok()) << product.status();
  EXPECT_THAT(product->operands,
              ElementsAre(ElementsAre('b', 'i', 'j'), ElementsAre('b', 'j', 'k')));
  EXPECT_THAT(product->result, ElementsAre('b', 'i', 'k'));
  EXPECT_THAT(ParseEinsum("ba,bc", {2, 2})->result, ElementsAre('a', 'c'));
  EXPECT_THAT(ParseEinsum("ii->", {2})->result, ElementsAre());
}

TEST(ParseEinsumTest, DotsAlignAtTheLastDimension) {
  const auto batch = ParseEinsum("...ij,...jk", {4, 3});
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_THAT(batch->operands,
              ElementsAre(ElementsAre(kDot + 1, kDot, 'i', 'j'), ElementsAre(kDot, 'j', 'k')));
  EXPECT_THAT(batch->result, ElementsAre(kDot + 1, kDot, 'i', 'k'));
}

TEST(ParseEinsumTest, WhatIsWrongIsSaid) {
  const auto error = [](std::string_view equation, const std::vector<int>& ranks) {
    return ParseEinsum(equation, ranks).status().ToString();
  };
  EXPECT_THAT(error("ij->ij", {2, 2}), HasSubstr("has 1 terms, but the node has 2 inputs"));
  EXPECT_THAT(error("ij", {3}), HasSubstr("does not fit the rank 3 of operand 0"));
  EXPECT_THAT(error("ijk", {2}), HasSubstr("does not fit the rank 2"));
  EXPECT_THAT(error("i.j", {2}), HasSubstr("may hold letters and one '...'"));
  EXPECT_THAT(error("......ij", {4}), HasSubstr("may hold letters and one '...'"));
  EXPECT_THAT(error("ij->ijj", {2}), HasSubstr("once in it"));
  EXPECT_THAT(error("ij->ik", {2}), HasSubstr("in an operand"));
}

std::string Import(const std::string& equation, const std::vector<std::vector<int64_t>>& inputs) {
  return testing::ImportNode(13, "Einsum", inputs, testing::StringAttribute("equation", equation));
}

TEST(EinsumImportTest, IsMadeOfOtherOperators) {
  EXPECT_THAT(Import("bij,bjk->bik", {{2, 3, 4}, {2, 4, 5}}),
              AllOf(HasSubstr("MatMul(%x0, %x1) : FP32[2x3x5]"), Not(HasSubstr("Transpose"))));
  EXPECT_THAT(Import("ij->ji", {{3, 4}}),
              AllOf(HasSubstr("Transpose(%x0) perm=1,0"), Not(HasSubstr("MatMul"))));
  EXPECT_THAT(Import("i,j->ij", {{3}, {4}}), HasSubstr("kind=mul : FP32[1x3x4]"));
  EXPECT_THAT(Import("bii->bi", {{2, 3, 3}}), HasSubstr("starts=0,0 steps=1,4 sizes=2,3"));
  EXPECT_THAT(Import("ij->", {{3, 4}}), HasSubstr("const[12x1]"));
  EXPECT_THAT(Import("ij,jk->ik", {{3, 4}, {5, 6}}), HasSubstr("its label stands for 4"));
  EXPECT_THAT(Import("ii->i", {{3, 1}}), HasSubstr("a diagonal needs equal extents"));
}

}  // namespace
}  // namespace convoy::models
