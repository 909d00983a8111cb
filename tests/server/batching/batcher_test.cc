#include "server/batching/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/gated_runner.h"

namespace convoy::server {
namespace {

using ::convoy::testing::FakeClock;
using ::convoy::testing::GatedRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using compute::Width;

using Result = absl::StatusOr<Answer>;

// A request of one FP32 input, and the future of its answer.
struct Call {
  explicit Call(float first, int64_t rows = 1)
      : input(compute::TensorSpec{compute::DType::kFloat32, {rows, 1}}) {
    for (float& value : input.mutable_data<float>()) value = first++;
  }

  Request MakeRequest(absl::Time deadline = absl::InfiniteFuture()) {
    return {.rows = input.spec().shape[0],
            .inputs = {input.view()},
            .deadline = deadline,
            .done = [this](Result result) { promise.set_value(std::move(result)); }};
  }
  Result Get() { return promise.get_future().get(); }

  compute::HostTensor input;
  std::promise<Result> promise;  // a second answer would throw
};

class BatcherTest : public ::testing::Test {
 protected:
  void TearDown() override { batcher_.reset(); }

  Batcher& Start(BatcherSettings settings) {
    settings.model = "net";
    batcher_ = std::make_unique<Batcher>(settings, runner_, clock_, nullptr);
    return *batcher_;
  }

  FakeClock clock_;
  GatedRunner runner_;
  std::unique_ptr<Batcher> batcher_;
};

TEST_F(BatcherTest, AnswersWithTheRunnersOutputs) {
  runner_.Open();
  Batcher& batcher = Start({.max_rows = 4});
  Call call(5, 2);
  batcher.Submit(call.MakeRequest());
  const Result result = call.Get();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->outputs.at(0).data<float>(), ElementsAre(10, 12));
  EXPECT_EQ(result->batch.rows, 2);
}

TEST_F(BatcherTest, WhatWaitsDuringARunFormsOneBatch) {
  Batcher& batcher = Start({.max_rows = 4});
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < 6; ++i) calls.push_back(std::make_unique<Call>(static_cast<float>(i)));
  batcher.Submit(calls[0]->MakeRequest());
  runner_.AwaitRuns(1);
  for (int i = 1; i < 6; ++i) batcher.Submit(calls[i]->MakeRequest());
  runner_.Open();
  std::vector<int64_t> rows;
  for (int i = 0; i < 6; ++i) {
    const Result result = calls[i]->Get();
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(result->outputs.at(0).data<float>(), ElementsAre(2.0F * static_cast<float>(i)));
    rows.push_back(result->batch.rows);
  }
  EXPECT_THAT(rows, ElementsAre(1, 4, 4, 4, 4, 1));
}

TEST_F(BatcherTest, RefusesMoreRowsThanABatchHas) {
  Batcher& batcher = Start({.max_rows = 4});
  Call call(0, 5);
  batcher.Submit(call.MakeRequest());
  const Result result = call.Get();
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("5 rows"));
}

TEST_F(BatcherTest, RefusesWhatTheQueueCannotHold) {
  Batcher& batcher = Start({.max_rows = 1, .bounds = {.requests = 2}});
  Call running(0), first(1), second(2), third(3);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(first.MakeRequest());
  batcher.Submit(second.MakeRequest());
  batcher.Submit(third.MakeRequest());
  const Result refused = third.Get();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("Exceeds maximum queue size"));
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
  EXPECT_TRUE(first.Get().ok());
  EXPECT_TRUE(second.Get().ok());
}

TEST_F(BatcherTest, ADeadlineIsKeptWhileABatchRuns) {
  Batcher& batcher = Start({.max_rows = 1});
  Call running(0), waiting(1);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(waiting.MakeRequest(clock_.Now() + absl::Milliseconds(50)));
  clock_.Advance(absl::Milliseconds(51));
  batcher.Wake();
  EXPECT_EQ(waiting.Get().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(runner_.runs(), 1);
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
}

TEST_F(BatcherTest, ARequestPastItsQueueTimeoutIsRejectedThen) {
  Batcher& batcher =
      Start({.max_rows = 1, .rules = {.policy = {.default_timeout = absl::Milliseconds(50)}}});
  Call running(0), waiting(1);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(waiting.MakeRequest(clock_.Now() + absl::Seconds(1)));
  clock_.Advance(absl::Milliseconds(50));
  batcher.Wake();
  const Result rejected = waiting.Get();
  EXPECT_EQ(rejected.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(rejected.status().message()), HasSubstr("Request timeout expired"));
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
  EXPECT_EQ(runner_.runs(), 1);
}

TEST_F(BatcherTest, PrioritiesGoFirstAndHaveQueuesOfTheirOwn) {
  Batcher& batcher = Start({.max_rows = 1,
                            .bounds = {.requests = 1, .code = absl::StatusCode::kResourceExhausted},
                            .rules = {.levels = 2, .default_level = 2}});
  Call running(0), low(1), refused(2), high(3);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(low.MakeRequest());
  clock_.Advance(absl::Milliseconds(1));
  Request beyond = refused.MakeRequest();
  beyond.priority = 7;  // no level: the default one, which is full
  batcher.Submit(std::move(beyond));
  EXPECT_EQ(refused.Get().status().code(), absl::StatusCode::kResourceExhausted);
  Request urgent = high.MakeRequest();
  urgent.priority = 1;
  batcher.Submit(std::move(urgent));
  runner_.LetPass(1);
  EXPECT_TRUE(running.Get().ok());
  runner_.LetPass(1);
  EXPECT_TRUE(high.Get().ok());
  runner_.Open();
  EXPECT_TRUE(low.Get().ok());
}

TEST_F(BatcherTest, TheBytesThatWaitAreBounded) {
  Batcher& batcher = Start({.max_rows = 4, .bounds = {.bytes = 12}});
  Call running(0), large(1, 4), next(2);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(large.MakeRequest());  // 16 bytes, but nothing else waits
  batcher.Submit(next.MakeRequest());
  const Result refused = next.Get();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("16 bytes wait"));
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
  EXPECT_TRUE(large.Get().ok());
}

TEST_F(BatcherTest, ADeadlineThatHasPassedIsAnsweredWithoutARun) {
  runner_.Open();
  Batcher& batcher = Start({.max_rows = 1});
  Call call(0);
  batcher.Submit(call.MakeRequest(clock_.Now() - absl::Milliseconds(1)));
  EXPECT_EQ(call.Get().status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(runner_.runs(), 0);
}

TEST_F(BatcherTest, ACancelledRequestLeavesTheQueue) {
  Batcher& batcher = Start({.max_rows = 1});
  Call running(0), waiting(1);
  const Batcher::Ticket first = batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Cancel(batcher.Submit(waiting.MakeRequest()));
  EXPECT_EQ(waiting.Get().status().code(), absl::StatusCode::kCancelled);
  batcher.Cancel(first);  // runs already: no effect
  batcher.Cancel(12345);  // never given out: no effect
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
  EXPECT_EQ(runner_.runs(), 1);
}

TEST_F(BatcherTest, TheDelayGathersABatch) {
  runner_.Open();
  Batcher& batcher = Start({.max_rows = 8, .max_queue_delay = absl::Hours(1)});
  Call first(1), second(2);
  batcher.Submit(first.MakeRequest());
  batcher.Submit(second.MakeRequest());
  clock_.Advance(absl::Hours(1));
  batcher.Wake();
  const Result result = first.Get();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->batch.rows, 2);
  EXPECT_EQ(result->queue, absl::Hours(1));
  EXPECT_TRUE(second.Get().ok());
}

TEST_F(BatcherTest, AFailureFailsItsBatchAndNoOther) {
  Batcher& batcher = Start({.max_rows = 2});
  Call running(0), bad(-1), beside_bad(1), good(2);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(bad.MakeRequest());  // the runner fails on a negative value
  batcher.Submit(beside_bad.MakeRequest());
  batcher.Submit(good.MakeRequest());
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
  EXPECT_EQ(bad.Get().status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(beside_bad.Get().status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(good.Get().ok());
}

TEST_F(BatcherTest, TheEndAnswersWhatWaitsAndFinishesWhatRuns) {
  Batcher& batcher = Start({.max_rows = 1});
  Call running(0), waiting(1);
  batcher.Submit(running.MakeRequest());
  runner_.AwaitRuns(1);
  batcher.Submit(waiting.MakeRequest());
  std::thread end([this] { batcher_.reset(); });
  EXPECT_EQ(waiting.Get().status().code(), absl::StatusCode::kUnavailable);
  runner_.Open();
  EXPECT_TRUE(running.Get().ok());
  end.join();
}

// Two narrow lanes.
class BatcherLanesTest : public BatcherTest {
 protected:
  BatcherLanesTest() : lanes_({.count = 2, .narrow = true}) {}

  Batcher& StartLanes(int64_t max_rows) {
    batcher_ = std::make_unique<Batcher>(BatcherSettings{.model = "net", .max_rows = max_rows},
                                         lanes_, clock_, nullptr);
    return *batcher_;
  }

  GatedRunner lanes_;
};

TEST_F(BatcherLanesTest, ALoneRequestHasTheWholeDevice) {
  Batcher& batcher = StartLanes(4);
  Call wide(1), behind(2), further(3);
  batcher.Submit(wide.MakeRequest());
  lanes_.AwaitRuns(1);
  batcher.Submit(behind.MakeRequest());
  batcher.Submit(further.MakeRequest());
  EXPECT_EQ(batcher.queue_size(), 2) << "no lane is free beside a wide batch";
  lanes_.Open();
  EXPECT_EQ(wide.Get()->batch.width, Width::kWide);
  EXPECT_EQ(behind.Get()->batch.width, Width::kNarrow);
  EXPECT_EQ(further.Get()->batch.width, Width::kNarrow);
  EXPECT_THAT(lanes_.widths(), ElementsAre(Width::kWide, Width::kNarrow, Width::kNarrow));
}

TEST_F(BatcherLanesTest, NarrowBatchesRunAtOnce) {
  Batcher& batcher = StartLanes(4);
  Call wide(1), left(2), right(3), behind(4);
  batcher.Submit(wide.MakeRequest());
  lanes_.AwaitRuns(1);
  batcher.Submit(left.MakeRequest());
  batcher.Submit(right.MakeRequest());
  lanes_.LetPass(1);
  EXPECT_TRUE(wide.Get().ok());
  lanes_.AwaitRuns(3);  // both wait at the gate now, in threads of their own
  batcher.Submit(behind.MakeRequest());
  lanes_.LetPass(1);
  lanes_.AwaitRuns(4);  // on the lane that became free, beside the one that still runs
  lanes_.Open();
  EXPECT_THAT(left.Get()->outputs.at(0).data<float>(), ElementsAre(4));
  EXPECT_THAT(right.Get()->outputs.at(0).data<float>(), ElementsAre(6));
  EXPECT_EQ(behind.Get()->batch.width, Width::kNarrow);
}

TEST_F(BatcherLanesTest, AFailureOnOneLaneLeavesTheOther) {
  Batcher& batcher = StartLanes(1);
  Call wide(1), bad(-1), good(2);
  batcher.Submit(wide.MakeRequest());
  lanes_.AwaitRuns(1);
  batcher.Submit(bad.MakeRequest());
  batcher.Submit(good.MakeRequest());
  lanes_.Open();
  EXPECT_TRUE(wide.Get().ok());
  EXPECT_EQ(bad.Get().status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(good.Get().ok());
}

TEST_F(BatcherLanesTest, TheEndFinishesWhatRunsOnEveryLane) {
  Batcher& batcher = StartLanes(1);
  Call wide(1), left(2), right(3), waiting(4);
  batcher.Submit(wide.MakeRequest());
  lanes_.AwaitRuns(1);
  batcher.Submit(left.MakeRequest());
  batcher.Submit(right.MakeRequest());
  lanes_.LetPass(1);
  lanes_.AwaitRuns(3);
  batcher.Submit(waiting.MakeRequest());
  std::thread end([this] { batcher_.reset(); });
  EXPECT_EQ(waiting.Get().status().code(), absl::StatusCode::kUnavailable);
  lanes_.Open();
  EXPECT_TRUE(left.Get().ok());
  EXPECT_TRUE(right.Get().ok());
  end.join();
}

// A GPU's second lane: transfers of one batch beside the computation of another.
TEST_F(BatcherTest, TheSecondLaneOfAGpuTakesFullBatches) {
  GatedRunner gpu({.count = 2});
  batcher_ = std::make_unique<Batcher>(BatcherSettings{.model = "net", .max_rows = 2}, gpu, clock_,
                                       nullptr);
  Call first(1), second(2), third(3), fourth(4);
  batcher_->Submit(first.MakeRequest());
  gpu.AwaitRuns(1);
  batcher_->Submit(second.MakeRequest());
  EXPECT_EQ(batcher_->queue_size(), 1);
  batcher_->Submit(third.MakeRequest());
  gpu.AwaitRuns(2);
  batcher_->Submit(fourth.MakeRequest());
  gpu.Open();
  EXPECT_EQ(first.Get()->batch.rows, 1);
  EXPECT_EQ(second.Get()->batch.rows, 2);
  EXPECT_EQ(third.Get()->batch.rows, 2);
  EXPECT_TRUE(fourth.Get().ok());
  batcher_.reset();  // before the runner
}

class RecordingObserver : public BatchObserver {
 public:
  void OnBatch(const BatchReport& report) override { rows += report.rows; }
  void OnQueueSize(int64_t requests) override { queue_size = requests; }
  std::atomic<int64_t> rows = 0;
  std::atomic<int64_t> queue_size = -1;
};

void AnswerManyThreads(GatedRunner& runner) {
  constexpr int kThreads = 8;
  constexpr int kCallsEach = 200;
  runner.Open();
  RecordingObserver observer;
  compute::SystemClock clock;
  std::atomic<int> right = 0;
  std::atomic<int> cancelled = 0;
  {
    Batcher batcher({.model = "net", .max_rows = 4, .bounds = {.requests = 1 << 20}}, runner, clock,
                    &observer);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kCallsEach; ++i) {
          Call call(static_cast<float>(t * kCallsEach + i), 1 + i % 3);
          const Batcher::Ticket ticket = batcher.Submit(call.MakeRequest());
          if (i % 5 == 0) batcher.Cancel(ticket);
          const Result result = call.Get();
          if (result.ok() &&
              result->outputs.at(0).data<float>()[0] == 2 * call.input.data<float>()[0]) {
            ++right;
          }
          if (absl::IsCancelled(result.status())) ++cancelled;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(right + cancelled, kThreads * kCallsEach);
  EXPECT_GE(right, kThreads * kCallsEach * 4 / 5);
  EXPECT_GE(observer.rows, right);
  EXPECT_EQ(observer.queue_size, 0);
}

TEST(BatcherThreads, EveryRequestIsAnsweredOnce) {
  GatedRunner runner;
  AnswerManyThreads(runner);
}

TEST(BatcherThreads, EveryRequestIsAnsweredOnceOnNarrowLanes) {
  const absl::Duration run = absl::Microseconds(20);
  GatedRunner runner({.count = 3,
                      .narrow = true,
                      .times = {{.rows = 1, .wide = run, .narrow = run},
                                {.rows = 2, .wide = run, .narrow = run},
                                {.rows = 4, .wide = run, .narrow = run}}});
  AnswerManyThreads(runner);
}

TEST(BatcherThreads, EveryRequestIsAnsweredOnceOnLanesOfAGpu) {
  GatedRunner runner({.count = 2});
  AnswerManyThreads(runner);
}

}  // namespace
}  // namespace convoy::server
