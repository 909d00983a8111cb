#include "models/plan_cache.h"

#include <gtest/gtest.h>

namespace convoy::models {
namespace {

using compute::Shape;

class PlanCacheTest : public ::testing::Test {
 protected:
  // Asks for the plan of a square image; true when it had to be built.
  bool Builds(PlanCache& cache, int64_t size, int64_t bytes) {
    bool built = false;
    const std::vector<Shape> shapes{Shape{1, 3, size, size}};
    const auto plan = cache.Get(shapes, [&] {
      built = true;
      auto made = std::make_unique<CompiledPlan>();
      made->inputs = shapes;
      made->bytes = bytes;
      return absl::StatusOr<std::unique_ptr<CompiledPlan>>(std::move(made));
    });
    EXPECT_TRUE(plan.ok());
    EXPECT_EQ((*plan)->inputs, shapes);
    return built;
  }
};

TEST_F(PlanCacheTest, KeepsWhatFits) {
  PlanCache cache(100);
  EXPECT_TRUE(Builds(cache, 8, 50));
  EXPECT_TRUE(Builds(cache, 16, 50));
  EXPECT_FALSE(Builds(cache, 8, 50));
  EXPECT_FALSE(Builds(cache, 16, 50));
}

TEST_F(PlanCacheTest, TheLeastRecentlyUsedGoes) {
  PlanCache cache(100);
  Builds(cache, 8, 40);
  Builds(cache, 16, 40);
  Builds(cache, 8, 40);   // 16 is now the oldest
  Builds(cache, 32, 40);  // 120 bytes: it goes
  EXPECT_FALSE(Builds(cache, 8, 40));
  EXPECT_TRUE(Builds(cache, 16, 40));
}

TEST_F(PlanCacheTest, OnePlanBeyondTheLimitIsKept) {
  PlanCache cache(100);
  Builds(cache, 8, 10);
  EXPECT_TRUE(Builds(cache, 1024, 1000));
  EXPECT_FALSE(Builds(cache, 1024, 1000));
  EXPECT_TRUE(Builds(cache, 8, 10)) << "the large plan has driven it out";
  EXPECT_TRUE(Builds(cache, 1024, 1000)) << "and it the large plan";
}

TEST_F(PlanCacheTest, BucketsStay) {
  PlanCache cache(1);
  auto bucket = std::make_unique<CompiledPlan>();
  bucket->inputs = {Shape{1, 3, 8, 8}};
  bucket->bytes = 1000;
  cache.Add(std::move(bucket));
  Builds(cache, 16, 1000);
  EXPECT_FALSE(Builds(cache, 8, 1000));
}

TEST_F(PlanCacheTest, AFailedBuildIsTriedAgain) {
  PlanCache cache(100);
  const auto failed = cache.Get({Shape{1, 3, 8, 8}}, [] {
    return absl::StatusOr<std::unique_ptr<CompiledPlan>>(absl::ResourceExhaustedError("full"));
  });
  EXPECT_TRUE(absl::IsResourceExhausted(failed.status()));
  EXPECT_TRUE(Builds(cache, 8, 10));
}

TEST_F(PlanCacheTest, TheNumberOfPlansIsBoundedToo) {
  PlanCache cache(1 << 20);
  for (int64_t size = 1; size <= static_cast<int64_t>(kMaxShapePlans) + 1; ++size) {
    Builds(cache, size, 1);
  }
  EXPECT_FALSE(Builds(cache, 2, 1));
  EXPECT_TRUE(Builds(cache, 1, 1));
}

}  // namespace
}  // namespace convoy::models
