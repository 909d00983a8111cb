#include "compute/cpu/kernel_choice.h"

#include <string>

#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

using compute::KernelChoice;
using compute::KernelChoices;

TEST(KernelChoices, MeasuresEverySignatureOnce) {
  KernelChoices choices;
  int measured = 0;
  const auto measure = [&] { return KernelChoice{++measured, "because"}; };
  EXPECT_EQ(1, choices.Get("a", measure).index);
  EXPECT_EQ(2, choices.Get("b", measure).index);
  EXPECT_EQ(1, choices.Get("a", measure).index);
  EXPECT_EQ("because", choices.Get("b", measure).why);
  EXPECT_EQ(2, measured);
}

TEST(LeastMilliseconds, RunsOnceBeforeItCounts) {
  int runs = 0;
  EXPECT_GE(compute::LeastMilliseconds([&] { ++runs; }), 0);
  EXPECT_GT(runs, 1);
}

}  // namespace
}  // namespace convoy::testing
