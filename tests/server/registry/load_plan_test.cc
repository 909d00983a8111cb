#include "server/registry/load_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

LoadPlan Plan(const std::vector<WantedVersion>& wanted, const std::vector<HeldVersion>& held,
              FailedFiles failed = FailedFiles::kLeave) {
  return PlanLoad(wanted, held, failed);
}

TEST(LoadPlanTest, WhatIsNewOrChangedIsLoadedAndTheRestKept) {
  const LoadPlan plan = Plan({{1, "a"}, {2, "b2"}, {3, "c"}},
                             {{.version = 1, .serves = "a"}, {.version = 2, .serves = "b"}});
  EXPECT_THAT(plan.keep, ElementsAre(1));
  EXPECT_THAT(plan.load, ElementsAre(2, 3));
  EXPECT_THAT(plan.wait, IsEmpty());
  EXPECT_THAT(plan.unload, IsEmpty());
}

TEST(LoadPlanTest, AVersionThatIsNoLongerWantedGoes) {
  const LoadPlan plan = Plan({{2, "b"}}, {{.version = 1, .serves = "a"}});
  EXPECT_THAT(plan.load, ElementsAre(2));
  EXPECT_THAT(plan.unload, ElementsAre(1));
}

TEST(LoadPlanTest, ItStaysWhileItsSuccessorIsBeingCopied) {
  const LoadPlan plan =
      Plan({{.version = 2, .stamp = "b", .settled = false}}, {{.version = 1, .serves = "a"}});
  EXPECT_THAT(plan.load, IsEmpty());
  EXPECT_THAT(plan.wait, ElementsAre(2));
  EXPECT_THAT(plan.unload, IsEmpty());
}

TEST(LoadPlanTest, ItStaysWhileItsSuccessorIsBroken) {
  const std::vector<HeldVersion> held = {{.version = 1, .serves = "a"},
                                         {.version = 2, .failed = "b"}};
  const LoadPlan plan = Plan({{2, "b"}}, held);
  EXPECT_THAT(plan.wait, ElementsAre(2));
  EXPECT_THAT(plan.unload, IsEmpty());
  const LoadPlan mended = Plan({{2, "b2"}}, held);
  EXPECT_THAT(mended.load, ElementsAre(2));
  EXPECT_THAT(mended.unload, ElementsAre(1));
}

TEST(LoadPlanTest, ABrokenVersionThatIsTakenAwayIsForgotten) {
  const LoadPlan plan =
      Plan({{1, "a"}}, {{.version = 1, .serves = "a"}, {.version = 2, .failed = "b"}});
  EXPECT_THAT(plan.keep, ElementsAre(1));
  EXPECT_THAT(plan.forget, ElementsAre(2));
}

TEST(LoadPlanTest, FilesThatFailAreTriedAgainOnRequestOnly) {
  const std::vector<HeldVersion> held = {{.version = 1, .failed = "a"}};
  EXPECT_THAT(Plan({{1, "a"}}, held).wait, ElementsAre(1));
  EXPECT_THAT(Plan({{1, "a"}}, held, FailedFiles::kRetry).load, ElementsAre(1));
}

TEST(LoadPlanTest, FilesThatArePutBackNeedNoLoad) {
  const std::vector<HeldVersion> held = {{.version = 1, .serves = "a", .failed = "b"}};
  EXPECT_THAT(Plan({{1, "b"}}, held).wait, ElementsAre(1));
  EXPECT_THAT(Plan({{1, "a"}}, held).keep, ElementsAre(1));
}

}  // namespace
}  // namespace convoy::server
