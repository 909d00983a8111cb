#include "server/metrics/model_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convoy::server {
namespace {

using absl::Microseconds;
using ::testing::ElementsAre;
using ::testing::Key;

RequestSample Answered(int64_t rows) {
  return {.method = "ModelInfer",
          .rows = rows,
          .reached_queue = true,
          .total = Microseconds(100),
          .queue = Microseconds(30),
          .gather = Microseconds(5),
          .compute = Microseconds(50),
          .scatter = Microseconds(7)};
}

BatchSample Ran(int64_t rows, absl::Time end) {
  return {.rows = rows,
          .gather = Microseconds(5),
          .compute = Microseconds(50),
          .scatter = Microseconds(7),
          .end = end};
}

TEST(ModelStatistics, ChargesEachRequestWithItsWholeBatch) {
  // Two requests of 2 and 3 rows ride in one batch of 5.
  ModelStatistics statistics;
  statistics.CountBatch(Ran(5, absl::FromUnixMillis(17)));
  statistics.CountRequest(Answered(2));
  statistics.CountRequest(Answered(3));
  EXPECT_EQ(statistics.inference_count, 5u);
  EXPECT_EQ(statistics.execution_count, 1u);
  EXPECT_EQ(statistics.success.count, 2u);
  EXPECT_EQ(statistics.success.ns, 200'000u);
  EXPECT_EQ(statistics.queue.ns, 60'000u);
  EXPECT_EQ(statistics.gather.ns, 10'000u);
  EXPECT_EQ(statistics.compute.count, 2u);
  EXPECT_EQ(statistics.compute.ns, 100'000u);
  EXPECT_EQ(statistics.scatter.ns, 14'000u);
  EXPECT_EQ(statistics.fail.count, 0u);
  // The batch itself counts once.
  ASSERT_THAT(statistics.batches, ElementsAre(Key(5)));
  EXPECT_EQ(statistics.batches[5].compute.count, 1u);
  EXPECT_EQ(statistics.batches[5].compute.ns, 50'000u);
  EXPECT_EQ(statistics.last_inference, absl::FromUnixMillis(17));
}

TEST(ModelStatistics, KeepsOneLineABatchSize) {
  ModelStatistics statistics;
  for (const int64_t rows : {1, 8, 1, 3}) statistics.CountBatch(Ran(rows, absl::UnixEpoch()));
  EXPECT_THAT(statistics.batches, ElementsAre(Key(1), Key(3), Key(8)));
  EXPECT_EQ(statistics.batches[1].gather.count, 2u);
  EXPECT_EQ(statistics.batches[1].scatter.ns, 14'000u);
  EXPECT_EQ(statistics.execution_count, 4u);
}

TEST(ModelStatistics, CountsFailuresOfRequestsThatReachedTheModel) {
  ModelStatistics statistics;
  RequestSample failed = Answered(4);
  failed.code = absl::StatusCode::kUnavailable;
  statistics.CountRequest(failed);
  failed.code = absl::StatusCode::kInvalidArgument;
  failed.reached_queue = false;
  statistics.CountRequest(failed);
  EXPECT_EQ(statistics.fail.count, 1u);
  EXPECT_EQ(statistics.fail.ns, 100'000u);
  EXPECT_EQ(statistics.success.count, 0u);
  EXPECT_EQ(statistics.queue.count, 0u);
  EXPECT_EQ(statistics.inference_count, 0u);
}

TEST(ModelStatistics, AClockThatStepsBackTakesNothingAway) {
  ModelStatistics statistics;
  RequestSample sample = Answered(1);
  sample.total = Microseconds(-5);
  statistics.CountRequest(sample);
  EXPECT_EQ(statistics.success.count, 1u);
  EXPECT_EQ(statistics.success.ns, 0u);
  statistics.CountBatch(Ran(1, absl::FromUnixMillis(20)));
  statistics.CountBatch(Ran(1, absl::FromUnixMillis(10)));
  EXPECT_EQ(statistics.last_inference, absl::FromUnixMillis(20));
}

}  // namespace
}  // namespace convoy::server
