#include "compute/cpu/omp_threads.h"

#include <gtest/gtest.h>
#include <omp.h>
#include <stdlib.h>
#include <unistd.h>

namespace convoy::testing {
namespace {

using compute::RestartWithShortSpins;
using compute::ScopedOmpThreads;

TEST(OmpThreads, AreSetForOneScope) {
  const int before = omp_get_max_threads();
  {
    const ScopedOmpThreads three(3);
    EXPECT_EQ(3, omp_get_max_threads());
    const ScopedOmpThreads one(1);
    EXPECT_EQ(1, omp_get_max_threads());
  }
  EXPECT_EQ(before, omp_get_max_threads());
}

TEST(OmpThreads, LeavesAChosenWaitPolicyAlone) {
  ASSERT_EQ(0, setenv("OMP_WAIT_POLICY", "passive", 1));
  RestartWithShortSpins(nullptr);
  EXPECT_EQ(nullptr, getenv("GOMP_SPINCOUNT"));
}

// Run by the next test, in the program that was started again.
TEST(OmpThreads, DISABLED_SeesShortSpins) {
  EXPECT_STREQ(compute::kShortSpins, getenv("GOMP_SPINCOUNT"));
}

TEST(OmpThreadsDeathTest, StartsAgainWithShortSpins) {
  constexpr int kDidNotStartAgain = 3;
  const auto start_again = [] {
    unsetenv("OMP_WAIT_POLICY");
    unsetenv("GOMP_SPINCOUNT");
    char name[] = "omp_threads_test";
    char filter[] = "--gtest_filter=OmpThreads.DISABLED_SeesShortSpins";
    char disabled[] = "--gtest_also_run_disabled_tests";
    char* const argv[] = {name, filter, disabled, nullptr};
    RestartWithShortSpins(argv);
    _exit(kDidNotStartAgain);
  };
  EXPECT_EXIT(start_again(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace convoy::testing
