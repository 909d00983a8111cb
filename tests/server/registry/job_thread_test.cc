#include "server/registry/job_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

namespace convoy::server {
namespace {

using ::testing::ElementsAre;

absl::Status NoTick() { return absl::OkStatus(); }

TEST(JobThreadTest, JobsRunInTheOrderTheyCome) {
  JobThread thread(absl::Hours(1), NoTick);
  std::vector<int> order;
  for (const int i : {1, 2, 3}) {
    thread.Post([&order, i] { return order.push_back(i), absl::OkStatus(); }, nullptr);
  }
  EXPECT_EQ(thread.Run([] { return absl::NotFoundError("no"); }).code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(JobThreadTest, StopAnswersTheRunningJobAndThoseThatWaitOnce) {
  std::promise<void> entered;
  std::promise<void> leave;
  std::atomic<int> answers = 0;
  std::atomic<bool> ran = false;
  {
    JobThread thread(absl::Hours(1), NoTick);
    const auto count = [&](const absl::Status& status) {
      EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
      ++answers;
    };
    thread.Post(
        [&] {
          entered.set_value();
          leave.get_future().wait();
          return absl::OkStatus();
        },
        count);
    thread.Post([&] { return ran = true, absl::OkStatus(); }, count);
    entered.get_future().wait();
    EXPECT_TRUE(thread.busy());
    thread.Stop();
    EXPECT_EQ(answers, 2);
    thread.Post([&] { return ran = true, absl::OkStatus(); }, count);
    EXPECT_EQ(answers, 3);
    leave.set_value();
  }
  EXPECT_EQ(answers, 3);
  EXPECT_FALSE(ran);
}

TEST(JobThreadTest, MoreThanItMayHoldIsRefused) {
  std::promise<void> entered;
  std::promise<void> leave;
  JobThread thread(absl::Hours(1), NoTick);
  thread.Post(
      [&] {
        entered.set_value();
        leave.get_future().wait();
        return absl::OkStatus();
      },
      nullptr);
  entered.get_future().wait();
  for (size_t i = 0; i < JobThread::kMaxWaiting; ++i) thread.Post(NoTick, nullptr);
  EXPECT_EQ(thread.Run(NoTick).code(), absl::StatusCode::kUnavailable);
  leave.set_value();
}

TEST(JobThreadTest, TicksOnceItIsToldTo) {
  std::promise<void> ticked;
  std::atomic<int> ticks = 0;
  JobThread thread(absl::Nanoseconds(1), [&] {
    if (++ticks == 3) ticked.set_value();
    return absl::OkStatus();
  });
  EXPECT_TRUE(thread.Run(NoTick).ok());
  EXPECT_EQ(ticks, 0);
  thread.StartTicking();
  ticked.get_future().wait();
}

}  // namespace
}  // namespace convoy::server
