#include "compute/cpu/kernel_choice.h"

#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

TEST(LeastMilliseconds, RunsOnceBeforeItCounts) {
  int runs = 0;
  EXPECT_GE(compute::LeastMilliseconds([&] { ++runs; }), 0);
  EXPECT_GT(runs, 1);
}

}  // namespace
}  // namespace convoy::testing
