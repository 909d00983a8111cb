#include "tests/conformance/case_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/conformance/problem.h"

namespace convoy::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Case ParseOne(const std::string& op, const std::string& line) {
  const absl::StatusOr<std::vector<Case>> cases = ParseCases(op, "bound 1e-5\n" + line + "\n");
  EXPECT_TRUE(cases.ok()) << cases.status();
  return cases.ok() && !cases->empty() ? cases->front() : Case{};
}

std::string ErrorOf(const std::string& text) {
  return std::string(ParseCases("conv", text).status().message());
}

std::string ProblemError(const std::string& op, const std::string& line) {
  return std::string(MakeProblem(ParseOne(op, line), 2).status().message());
}

TEST(CaseFileTest, ReadsNamesBatchesAndBound) {
  const auto cases = ParseCases("relu", "# words\n\nbound 0.5\none n=2,4 x=Nx3\ntwo x=Nx4 flag\n");
  ASSERT_TRUE(cases.ok()) << cases.status();
  ASSERT_EQ(cases->size(), 2u);
  EXPECT_EQ((*cases)[0].name, "one");
  EXPECT_EQ((*cases)[0].bound, 0.5);
  EXPECT_THAT((*cases)[0].batches, ElementsAre(2, 4));
  EXPECT_THAT((*cases)[1].batches, ElementsAre(1, 3, 8));
  EXPECT_EQ((*cases)[1].fields.count("flag"), 1u);
}

TEST(CaseFileTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(ErrorOf("bound 1e-5\na x=1\na x=2\n"), HasSubstr("line 3"));
  EXPECT_THAT(ErrorOf("bound 1e-5\na x=1 x=2\n"), HasSubstr("'x' is given twice"));
  EXPECT_THAT(ErrorOf("a x=1\n"), HasSubstr("before the bound"));
  EXPECT_THAT(ErrorOf("bound few\n"), HasSubstr("bound takes one number"));
  EXPECT_THAT(ErrorOf("bound 1e-5\na n=0 x=1\n"), HasSubstr("less than 1"));
}

TEST(CaseFileTest, EveryFieldMustBeKnownAndReadable) {
  EXPECT_THAT(ProblemError("softmax", "a x=Nx3 axes=1"), HasSubstr("'axes' is unknown"));
  EXPECT_THAT(ProblemError("softmax", "a x=Nx3 axis=one"), HasSubstr("not a number"));
  EXPECT_THAT(ProblemError("softmax", "a axis=1"), HasSubstr("'x' is missing"));
  EXPECT_THAT(ProblemError("softmax", "a x=Nx3 axis=2"), HasSubstr("axis"));
  EXPECT_THAT(ProblemError("transpose", "a x=Nx3 perm=1,0"), HasSubstr("mixes_rows"));
}

TEST(ProblemTest, ConvolutionTakesItsWordsFromTheLine) {
  const absl::StatusOr<Problem> problem =
      MakeProblem(ParseOne("conv",
                           "c x=Nx4x9x10 w=6x3x2 stride=2x1 pads=1,0,2,1 dilation=1x2 group=2 "
                           "residual act=clip alpha=0 beta=6"),
                  3);
  ASSERT_TRUE(problem.ok()) << problem.status();
  EXPECT_EQ(AttributesOf(problem->op),
            "kernel=3x2 stride=2x1 pads=1,0,2,1 dilation=1x2 group=2 residual act=clip(0,6)");
  ASSERT_EQ(problem->operands.size(), 4u);
  EXPECT_EQ(problem->operands[0].shape, (compute::Shape{3, 4, 9, 10}));
  EXPECT_FALSE(problem->operands[0].constant);
  EXPECT_EQ(problem->operands[1].shape, (compute::Shape{6, 2, 3, 2}));
  EXPECT_TRUE(problem->operands[1].constant);
  EXPECT_EQ(problem->operands[3].shape, problem->outputs[0].shape);
  EXPECT_EQ(problem->outputs[0].shape, (compute::Shape{3, 6, 5, 9}));
}

TEST(ProblemTest, ShapesWithoutABatchAreConstants) {
  const absl::StatusOr<Problem> problem =
      MakeProblem(ParseOne("binary", "b kind=sub a=1 b=Nx5x6"), 4);
  ASSERT_TRUE(problem.ok()) << problem.status();
  EXPECT_TRUE(problem->operands[0].constant);
  EXPECT_FALSE(problem->operands[1].constant);
  EXPECT_EQ(problem->outputs[0].shape, (compute::Shape{4, 5, 6}));
}

}  // namespace
}  // namespace convoy::testing
