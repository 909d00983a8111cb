#include "compute/tune/tune_table.h"

#include <limits>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::TimedKernel;
using compute::TuneTable;

TuneTable SomeTable() {
  TuneTable table;
  table.Put("Conv kernel=3x3 FP32[1x64x56x56] 2 threads", {{"direct", 1.61}, {"winograd", 1.24}});
  table.Put("Gemm FP32[1x2048]", {{"dense_1_shuffle", 0.05}});
  table.Put("a", {{"x", 0}, {"y", 1e-9}, {"z", 12345.5}});
  return table;
}

TEST(TuneTable, KeepsTheFastestFirst) {
  const TuneTable table = SomeTable();
  const auto* kernels = table.Find("Conv kernel=3x3 FP32[1x64x56x56] 2 threads");
  ASSERT_NE(kernels, nullptr);
  EXPECT_EQ(*kernels, (std::vector<TimedKernel>{{"winograd", 1.24}, {"direct", 1.61}}));
  EXPECT_EQ(table.Find("Conv"), nullptr);
  EXPECT_EQ(table.size(), 3);
}

TEST(TuneTable, TextRoundTrips) {
  const std::string text = SomeTable().ToText();
  EXPECT_EQ(text,
            "Conv kernel=3x3 FP32[1x64x56x56] 2 threads\twinograd 1.24\tdirect 1.61\n"
            "Gemm FP32[1x2048]\tdense_1_shuffle 0.05\n"
            "a\tx 0\ty 1e-09\tz 12345.5\n");
  const std::optional<TuneTable> parsed = TuneTable::Parse(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->ToText(), text);
  EXPECT_EQ(TuneTable::Parse("")->size(), 0);
}

TEST(TuneTable, WhatTheTextCannotHoldIsNotTaken) {
  TuneTable table;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  table.Put("", {{"kernel", 1}});
  table.Put("tab\there", {{"kernel", 1}});
  table.Put("line\nhere", {{"kernel", 1}});
  table.Put(std::string(TuneTable::kMaxProblemBytes + 1, 'x'), {{"kernel", 1}});
  table.Put("problem", {});
  table.Put("problem", {{"", 1}});
  table.Put("problem", {{"two words", 1}});
  table.Put("problem", {{std::string(TuneTable::kMaxKernelBytes + 1, 'x'), 1}});
  table.Put("problem", {{"kernel", nan}});
  table.Put("problem", {{"kernel", -1}});
  table.Put("problem", {{"kernel", std::numeric_limits<double>::infinity()}});
  table.Put("problem", std::vector<TimedKernel>(TuneTable::kMaxKernels + 1, {"kernel", 1}));
  EXPECT_EQ(table.size(), 0);
}

TEST(TuneTable, TheOldestGivesWayInAFullTable) {
  TuneTable table;
  for (size_t i = 0; i < TuneTable::kMaxProblems; ++i) {
    table.Put("problem " + std::to_string(i), {{"kernel", 1}});
  }
  table.Put("problem 0", {{"kernel", 2}});  // is the newest now
  table.Put("one more", {{"kernel", 1}});
  EXPECT_EQ(table.size(), TuneTable::kMaxProblems);
  EXPECT_NE(table.Find("problem 0"), nullptr);
  EXPECT_EQ(table.Find("problem 1"), nullptr);
  EXPECT_NE(table.Find("one more"), nullptr);
  const std::string text = table.ToText();
  EXPECT_TRUE(TuneTable::Parse(text).has_value());
  EXPECT_FALSE(TuneTable::Parse(text + "and\tkernel 1\n").has_value());
}

TEST(TuneTable, AdoptsWhatIsNotKnown) {
  TuneTable table = SomeTable();
  TuneTable other;
  other.Put("a", {{"other", 1}});
  other.Put("b", {{"other", 1}});
  table.Adopt(other);
  EXPECT_EQ(table.Find("a")->front().kernel, "x");
  EXPECT_EQ(table.Find("b")->front().kernel, "other");
}

TEST(TuneTable, OtherTextIsRefused) {
  for (const char* text : {"\n",
                           "problem",
                           "problem\n",
                           "problem\t\n",
                           "problem\tkernel\n",
                           "problem\tkernel 1",
                           "problem\tkernel 1\t\n",
                           "problem\tkernel nan\n",
                           "problem\tkernel inf\n",
                           "problem\tkernel -1\n",
                           "problem\tkernel 1e999\n",
                           "problem\tkernel 1 2\n",
                           "problem\tkernel one\n",
                           "problem\t 1\n",
                           "\tkernel 1\n",
                           "p\x01\tkernel 1\n",
                           "p\xc3\xa4\tkernel 1\n",
                           "problem\tslow 2\tfast 1\n",
                           "a\tkernel 1\na\tkernel 1\n",
                           "a\tkernel 1\n\n",
                           "a\tkernel 1\r\n"}) {
    EXPECT_FALSE(TuneTable::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(TuneTable::Parse(std::string("a\0b\tkernel 1\n", 13)).has_value());
  EXPECT_FALSE(TuneTable::Parse(std::string(1 << 20, 'x')).has_value());
  EXPECT_FALSE(TuneTable::Parse(std::string(1 << 20, '\t')).has_value());
  std::string many = "problem";
  for (size_t i = 0; i <= TuneTable::kMaxKernels; ++i) many += "\tkernel 1";
  EXPECT_FALSE(TuneTable::Parse(many + "\n").has_value());
}

// Whatever is read again is written alike: no mutation makes a table that its own text cannot hold.
TEST(TuneTable, MutatedTextReadsAsNothingOrAsATable) {
  const std::string text = SomeTable().ToText();
  std::mt19937 random(1);
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string mutated = text;
    for (int change = random() % 4; change >= 0; --change) {
      const size_t at = random() % mutated.size();
      switch (random() % 4) {
        case 0:
          mutated[at] = static_cast<char>(random());
          break;
        case 1:
          mutated.erase(at, 1 + random() % 20);
          break;
        case 2:
          mutated.insert(at, 1, "\t\n 019.e-\xff"[random() % 10]);
          break;
        default:
          mutated += mutated.substr(at, random() % 30);
      }
      if (mutated.empty()) break;
    }
    const std::optional<TuneTable> table = TuneTable::Parse(mutated);
    if (!table.has_value()) continue;
    ++taken;
    const std::optional<TuneTable> again = TuneTable::Parse(table->ToText());
    ASSERT_TRUE(again.has_value()) << mutated;
    EXPECT_EQ(again->ToText(), table->ToText());
  }
  EXPECT_GT(taken, 100);
}

}  // namespace
}  // namespace convoy::testing
