#include "cli/operators_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace convoy::cli {
namespace {

TEST(OperatorsPageTest, TheCommittedPageIsTheRenderedOne) {
  const std::string path = "docs/operators.md";  // tests run at the top of the source tree
  std::ifstream file(path);
  ASSERT_TRUE(file.good()) << path;
  const std::string committed((std::istreambuf_iterator<char>(file)),
                              std::istreambuf_iterator<char>());
  EXPECT_EQ(committed, RenderOperatorsPage()) << "'make docs' renders it again";
}

TEST(OperatorsPageTest, NamesOperatorsOfTheModelsAndOfTheEngine) {
  const std::string page = RenderOperatorsPage();
  EXPECT_THAT(page, testing::HasSubstr("`ConvTranspose`"));
  EXPECT_THAT(
      page,
      testing::HasSubstr(
          "| Conv | `compute/ops/conv/conv.h` | `compute/ops/conv/conv_reference.cc` | onednn "
          "| own shaders | `conv.cases` |"));
}

}  // namespace
}  // namespace convoy::cli
