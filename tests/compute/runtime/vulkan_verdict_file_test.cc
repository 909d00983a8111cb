#include "compute/runtime/vulkan_verdict_file.h"

#include <gtest/gtest.h>

namespace convoy::compute {
namespace {

const char kKey[] = "device | driver";

std::vector<KernelVerdict> Verdicts() {
  return {{"conv/conv_rt_4x64_shuffle", true, ""},
          {"conv/conv_rt_2x64_shuffle", false, "element 3 of 5 is nan,\tbut must be\n1"}};
}

TEST(VerdictFileTest, WhatIsWrittenIsRead) {
  const auto read = ParseVerdicts(FormatVerdicts(kKey, Verdicts()), kKey);
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].kernel, "conv/conv_rt_4x64_shuffle");
  EXPECT_TRUE((*read)[0].passed);
  EXPECT_EQ((*read)[0].reason, "");
  EXPECT_FALSE((*read)[1].passed);
  EXPECT_EQ((*read)[1].reason, "element 3 of 5 is nan, but must be 1");
}

TEST(VerdictFileTest, AnotherDriverIsTestedAnew) {
  EXPECT_FALSE(ParseVerdicts(FormatVerdicts(kKey, Verdicts()), "device | newer driver"));
}

TEST(VerdictFileTest, ACutFileReadsAsNothing) {
  const std::string whole = FormatVerdicts(kKey, Verdicts());
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ParseVerdicts(whole.substr(0, length), kKey)) << length;
  }
}

TEST(VerdictFileTest, ADamagedFileReadsAsNothing) {
  std::string text = FormatVerdicts(kKey, Verdicts());
  text.replace(text.find("passed"), 6, "pasted");
  EXPECT_FALSE(ParseVerdicts(text, kKey));
  EXPECT_FALSE(
      ParseVerdicts("convoy kernel verdicts 2\n" + text.substr(text.find('\n') + 1), kKey));
  EXPECT_FALSE(ParseVerdicts(std::string("\0\xff\n\t\n", 5), kKey));
}

}  // namespace
}  // namespace convoy::compute
