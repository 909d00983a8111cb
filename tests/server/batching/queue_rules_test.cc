#include "server/batching/queue_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace convoy::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const absl::Time kArrival = absl::FromUnixSeconds(1'700'000'000);
constexpr absl::Duration kNone = absl::InfiniteDuration();

TEST(LevelOf, AnUnknownPriorityHasTheDefaultLevel) {
  const QueueRules rules{.levels = 3, .default_level = 2};
  EXPECT_EQ(LevelOf(rules, 1), 1);
  EXPECT_EQ(LevelOf(rules, 3), 3);
  EXPECT_EQ(LevelOf(rules, 0), 2);
  EXPECT_EQ(LevelOf(rules, 4), 2);
  EXPECT_EQ(LevelOf(rules, std::numeric_limits<uint64_t>::max()), 2);
  EXPECT_EQ(LevelOf({}, 1), 0);
}

TEST(PolicyOf, ALevelWithoutItsOwnHasTheModels) {
  const QueueRules rules{.levels = 2,
                         .policy = {.max_queue_size = 5},
                         .policy_of_level = {{2, {.max_queue_size = 7}}}};
  EXPECT_EQ(PolicyOf(rules, 1).max_queue_size, 5);
  EXPECT_EQ(PolicyOf(rules, 2).max_queue_size, 7);
}

TEST(TimeoutOf, WithoutADefaultTheRequestsOwnHolds) {
  EXPECT_EQ(TimeoutOf({}, kArrival, kNone), absl::InfiniteFuture());
  EXPECT_EQ(TimeoutOf({}, kArrival, absl::Seconds(1)), kArrival + absl::Seconds(1));
}

TEST(TimeoutOf, ADefaultMayBeShortenedOnlyWhereThatIsAllowed) {
  QueuePolicy policy{.default_timeout = absl::Seconds(2)};
  EXPECT_EQ(TimeoutOf(policy, kArrival, absl::Seconds(1)), kArrival + absl::Seconds(2));
  policy.allow_timeout_override = true;
  EXPECT_EQ(TimeoutOf(policy, kArrival, absl::Seconds(1)), kArrival + absl::Seconds(1));
  EXPECT_EQ(TimeoutOf(policy, kArrival, absl::Seconds(3)), kArrival + absl::Seconds(2));
  EXPECT_EQ(TimeoutOf(policy, kArrival, kNone), kArrival + absl::Seconds(2));
}

TEST(CheckRoom, RefusesBeyondTheRequestsOfThePolicyOrTheServer) {
  const QueueBounds bounds{.requests = 4};
  EXPECT_EQ(CheckRoom("net", {}, bounds, {.requests = 3}, 1), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnavailable(CheckRoom("net", {}, bounds, {.requests = 4}, 1)));
  EXPECT_EQ(CheckRoom("net", {.max_queue_size = 5}, bounds, {.requests = 4}, 1), absl::OkStatus());
  EXPECT_FALSE(CheckRoom("net", {.max_queue_size = 5}, bounds, {.requests = 5}, 1).ok());
}

TEST(CheckRoom, RefusesBeyondTheBytesUnlessNothingWaits) {
  const QueueBounds bounds{.bytes = 100};
  EXPECT_EQ(CheckRoom("net", {}, bounds, {.requests = 1, .bytes = 60}, 40), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnavailable(CheckRoom("net", {}, bounds, {.requests = 1, .bytes = 60}, 41)));
  EXPECT_EQ(CheckRoom("net", {}, bounds, {}, 101), absl::OkStatus());
}

TEST(CheckRoom, SaysWhenToComeBackInTheCodeThatIsAskedFor) {
  const QueueBounds bounds{.requests = 1, .code = absl::StatusCode::kResourceExhausted};
  const absl::Status status =
      CheckRoom("net", {}, bounds, {.requests = 1, .drain = absl::Microseconds(1500)}, 1);
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_THAT(std::string(status.message()), StartsWith("Exceeds maximum queue size"));
  EXPECT_THAT(std::string(status.message()), EndsWith("; retry in about 2 ms"));
  EXPECT_THAT(std::string(CheckRoom("net", {}, bounds, {.requests = 1}, 1).message()),
              Not(HasSubstr("retry")));
}

}  // namespace
}  // namespace convoy::server
