#include <gtest/gtest.h>

#include <vector>

#include "compute/base/nearest.h"

namespace convoy::compute {
namespace {

TEST(EditDistanceTest, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("serve", "serve"), 0);
  EXPECT_EQ(EditDistance("serve", "server"), 1);
  EXPECT_EQ(EditDistance("sreve", "serve"), 1);  // neighbours swapped
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
  EXPECT_EQ(EditDistance("bench", ""), 5);
}

TEST(NearestTest, FindsTheClosestOrNothing) {
  const std::vector<std::string> words = {"serve", "classify", "bench", "--device", "--top"};
  EXPECT_EQ(Nearest("clasify", words), "classify");
  EXPECT_EQ(Nearest("srve", words), "serve");
  EXPECT_EQ(Nearest("--devcie", words), "--device");
  EXPECT_EQ(Nearest("--tpo", words), "--top");
  EXPECT_EQ(Nearest("restaurant", words), "");
  EXPECT_EQ(Nearest("x", words), "");
  EXPECT_EQ(Nearest("serve", {}), "");
}

}  // namespace
}  // namespace convoy::compute
