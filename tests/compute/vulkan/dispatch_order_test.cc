#include "compute/vulkan/dispatch_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace convoy::compute {
namespace {

using ::testing::ElementsAre;
using enum Before;

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

// Tensors of 100 bytes, one behind the other in one buffer.
ByteRange Tensor(int64_t i) { return {0, i * 100, (i + 1) * 100}; }

DispatchAccess Step(std::vector<int64_t> reads, int64_t write, double flops = 1) {
  DispatchAccess step{.write = Tensor(write), .flops = flops};
  for (const int64_t read : reads) step.reads.push_back(Tensor(read));
  return step;
}

TEST(OrderDispatchesTest, AChainHasABarrierBetweenAnyTwo) {
  const DispatchAccess chain[] = {Step({0}, 1), Step({1}, 2), Step({2}, 3)};
  EXPECT_THAT(OrderDispatches(chain, kNoLimit), ElementsAre(kNothing, kBarrier, kBarrier));
}

TEST(OrderDispatchesTest, BranchesOfAGroupShareTheirBarrier) {
  // Four branches read one tensor, and a concatenation reads all four.
  const DispatchAccess branches[] = {Step({0}, 1), Step({1}, 2), Step({1}, 3),
                                     Step({1}, 4), Step({1}, 5), Step({2, 3, 4, 5}, 6)};
  EXPECT_THAT(OrderDispatches(branches, kNoLimit),
              ElementsAre(kNothing, kBarrier, kNothing, kNothing, kNothing, kBarrier));
}

TEST(OrderDispatchesTest, MemoryThatIsUsedAgainWaitsForItsReaders) {
  const DispatchAccess steps[] = {Step({0}, 1), Step({1}, 2), Step({0}, 1)};
  EXPECT_THAT(OrderDispatches(steps, kNoLimit), ElementsAre(kNothing, kBarrier, kBarrier));
}

TEST(OrderDispatchesTest, ASubmissionEndsBeforeItIsTooLong) {
  const DispatchAccess steps[] = {Step({0}, 1, 40), Step({0}, 2, 40), Step({0}, 3, 40),
                                  Step({0}, 4, 500), Step({0}, 5, 40)};
  EXPECT_THAT(OrderDispatches(steps, 100),
              ElementsAre(kNothing, kNothing, kNextSubmission, kNextSubmission, kNextSubmission));
}

TEST(OrderDispatchesTest, ASubmissionIsABarrier) {
  const DispatchAccess steps[] = {Step({0}, 1, 60), Step({0}, 2, 60), Step({1}, 3, 10),
                                  Step({2}, 4, 10)};
  EXPECT_THAT(OrderDispatches(steps, 100),
              ElementsAre(kNothing, kNextSubmission, kNothing, kBarrier));
}

}  // namespace
}  // namespace convoy::compute
