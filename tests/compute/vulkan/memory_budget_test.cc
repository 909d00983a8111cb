#include "compute/vulkan/memory_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace convoy::compute {
namespace {

using ::testing::HasSubstr;

TEST(AvailableBytesTest, ATenthOfTheHeapIsLeftAlone) {
  EXPECT_EQ(AvailableBytes(1000, 0, std::nullopt), 900);
  EXPECT_EQ(AvailableBytes(1000, 300, std::nullopt), 600);
  EXPECT_EQ(AvailableBytes(1000, 950, std::nullopt), 0);
}

TEST(AvailableBytesTest, TheDriverKnowsOfOtherPrograms) {
  EXPECT_EQ(AvailableBytes(1000, 100, HeapBudget{.budget_bytes = 500, .used_bytes = 150}), 250);
  EXPECT_EQ(AvailableBytes(1000, 100, HeapBudget{.budget_bytes = 100, .used_bytes = 150}), 0);
  // A driver that counts late.
  EXPECT_EQ(AvailableBytes(1000, 600, HeapBudget{.budget_bytes = 1000, .used_bytes = 0}), 300);
}

// Device memory in heap 0, host memory in heap 1.
class MemoryBudgetTest : public ::testing::Test {
 protected:
  MemoryBudgetTest() {
    snapshot_.name = "two heaps";
    snapshot_.memory_types = {{.device_local = true, .heap = 0, .heap_bytes = 1000},
                              {.host_visible = true, .heap = 1, .heap_bytes = 5000}};
    plan_.memory_types = {0, 0, 1, 1};
    plan_.heap_bytes = {1000, 1000, 5000, 5000};
  }

  DeviceSnapshot snapshot_;
  DevicePlan plan_;
};

TEST_F(MemoryBudgetTest, NeedsOfAHeapAddUp) {
  const MemoryBudget budget(VK_NULL_HANDLE, snapshot_, plan_);
  const MemoryNeed fits[] = {{MemoryIntent::kWeights, 500},
                             {MemoryIntent::kActivations, 400},
                             {MemoryIntent::kUpload, 4500}};
  EXPECT_TRUE(budget.Admit(fits, "a plan").ok());
  const MemoryNeed too_much[] = {{MemoryIntent::kWeights, 500}, {MemoryIntent::kActivations, 401}};
  const absl::Status status = budget.Admit(too_much, "a plan");
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("asked for 901 bytes for a plan"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("900 bytes available of 1000"));
}

TEST_F(MemoryBudgetTest, WhatIsGivenOutIsGoneUntilItIsFreed) {
  MemoryBudget budget(VK_NULL_HANDLE, snapshot_, plan_);
  const MemoryNeed need[] = {{MemoryIntent::kActivations, 500}};
  budget.Count(MemoryIntent::kWeights, 450);
  EXPECT_FALSE(budget.Admit(need, "a plan").ok());
  budget.Count(MemoryIntent::kUpload, 4000);  // another heap
  budget.Count(MemoryIntent::kWeights, -450);
  EXPECT_TRUE(budget.Admit(need, "a plan").ok());
}

}  // namespace
}  // namespace convoy::compute
