#include "compute/cpu/parallel_for.h"

#include <vector>

#include "compute/cpu/omp_threads.h"
#include "gtest/gtest.h"

namespace convoy::testing {
namespace {

TEST(ParallelFor, VisitsEveryIndexOnce) {
  for (const int threads : {1, 2, 5}) {
    const compute::ScopedOmpThreads scope(threads);
    for (const int64_t count : {0, 1, 3, 100}) {
      std::vector<int> visits(static_cast<size_t>(count), 0);
      compute::ParallelFor(count, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) ++visits[static_cast<size_t>(i)];
      });
      EXPECT_EQ(std::vector<int>(static_cast<size_t>(count), 1), visits) << threads;
    }
  }
}

}  // namespace
}  // namespace convoy::testing
