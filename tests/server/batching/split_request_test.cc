#include "server/batching/split_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "server/batching/batcher.h"
#include "tests/support/fake_clock.h"
#include "tests/support/gated_runner.h"

namespace convoy::server {
namespace {

using ::convoy::testing::FakeClock;
using ::convoy::testing::GatedRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Result = absl::StatusOr<Answer>;

// A request of `rows` rows of two values, 0, 1, 2, ..., and what it was answered with.
struct Whole {
  explicit Whole(int64_t rows, float first = 0)
      : input(compute::TensorSpec{compute::DType::kFloat32, {rows, 2}}) {
    for (float& value : input.mutable_data<float>()) value = first++;
  }

  Request Make() {
    return {.rows = input.spec().shape[0],
            .shape_key = "key",
            .inputs = {input.view()},
            .deadline = absl::FromUnixSeconds(5),
            .done =
                [this](Result given) {
                  ++answers;
                  result = std::move(given);
                },
            .priority = 3,
            .timeout = absl::Seconds(2)};
  }

  compute::HostTensor input;
  int answers = 0;
  std::optional<Result> result;
};

// What a model that doubles its input answers.
Answer Doubled(const Request& part, absl::Duration queue) {
  compute::HostTensor output(part.inputs[0].spec);
  const std::span<const float> in = part.inputs[0].data<float>();
  for (size_t i = 0; i < in.size(); ++i) output.mutable_data<float>()[i] = 2 * in[i];
  Answer answer{.queue = queue, .batch = {.rows = part.rows}};
  answer.outputs.push_back(std::move(output));
  return answer;
}

TEST(PartRowsTest, FullBatchesAndWhatIsLeft) {
  EXPECT_THAT(PartRows(1, 8), ElementsAre(1));
  EXPECT_THAT(PartRows(8, 8), ElementsAre(8));
  EXPECT_THAT(PartRows(9, 8), ElementsAre(8, 1));
  EXPECT_THAT(PartRows(24, 8), ElementsAre(8, 8, 8));
  EXPECT_THAT(PartRows(3, 1), ElementsAre(1, 1, 1));
}

TEST(SplitRequestTest, WhatFitsStaysWhole) {
  Whole whole(4);
  const std::vector<Request> parts = SplitRequest(whole.Make(), 4);
  ASSERT_EQ(parts.size(), 1);
  EXPECT_EQ(parts[0].inputs[0].bytes.data(), whole.input.bytes().data());
}

TEST(SplitRequestTest, PartsHaveTheirRowsAndTheWholesTerms) {
  Whole whole(5);
  const std::vector<Request> parts = SplitRequest(whole.Make(), 2);
  ASSERT_EQ(parts.size(), 3);
  EXPECT_THAT(parts[0].inputs[0].data<float>(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(parts[2].inputs[0].data<float>(), ElementsAre(8, 9));
  EXPECT_EQ(parts[2].inputs[0].spec.shape, (compute::Shape{1, 2}));
  for (const Request& part : parts) {
    EXPECT_EQ(part.shape_key, "key");
    EXPECT_EQ(part.deadline, absl::FromUnixSeconds(5));
    EXPECT_EQ(part.priority, 3);
    EXPECT_EQ(part.timeout, absl::Seconds(2));
  }
}

TEST(SplitRequestTest, RowsAreJoinedInOrderWhateverTheOrderOfTheAnswers) {
  Whole whole(5);
  const std::vector<Request> parts = SplitRequest(whole.Make(), 2);
  parts[2].done(Doubled(parts[2], absl::Milliseconds(1)));
  parts[0].done(Doubled(parts[0], absl::Milliseconds(2)));
  EXPECT_EQ(whole.answers, 0);
  parts[1].done(Doubled(parts[1], absl::Milliseconds(3)));
  ASSERT_EQ(whole.answers, 1);
  ASSERT_TRUE(whole.result->ok()) << whole.result->status();
  const Answer& answer = **whole.result;
  EXPECT_EQ(answer.outputs[0].spec().shape, (compute::Shape{5, 2}));
  EXPECT_THAT(answer.outputs[0].data<float>(), ElementsAre(0, 2, 4, 6, 8, 10, 12, 14, 16, 18));
  EXPECT_EQ(answer.queue, absl::Milliseconds(3)) << "of the part that was answered last";
}

TEST(SplitRequestTest, TheFirstErrorIsTheWholesWhenNoPartRunsAnyMore) {
  Whole whole(6);
  const std::vector<Request> parts = SplitRequest(whole.Make(), 2);
  parts[1].done(absl::InternalError("no"));
  parts[2].done(absl::CancelledError("withdrawn"));
  EXPECT_EQ(whole.answers, 0) << "part 0 may still read the input";
  parts[0].done(Doubled(parts[0], absl::ZeroDuration()));
  ASSERT_EQ(whole.answers, 1);
  EXPECT_EQ(whole.result->status(), absl::InternalError("no"));
}

TEST(SplitRequestTest, PartsThatDoNotFitTogetherAreAnError) {
  Whole whole(3);
  const std::vector<Request> parts = SplitRequest(whole.Make(), 2);
  parts[0].done(Doubled(parts[0], absl::ZeroDuration()));
  Answer odd = Doubled(parts[1], absl::ZeroDuration());
  odd.outputs[0] = compute::HostTensor({compute::DType::kFloat32, {1, 3}});
  parts[1].done(std::move(odd));
  EXPECT_EQ(whole.result->status().code(), absl::StatusCode::kInternal);
}

TEST(SplitRequestTest, PartsMayBeAnsweredByThreadsAtOnce) {
  Whole whole(64);
  const std::vector<Request> parts = SplitRequest(whole.Make(), 8);
  std::vector<std::thread> threads;
  for (const Request& part : parts) {
    threads.emplace_back([&part] { part.done(Doubled(part, absl::ZeroDuration())); });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(whole.answers, 1);
  EXPECT_EQ((*whole.result)->outputs[0].data<float>()[127], 254);
}

// Behind a batcher whose batches have two rows and whose requests have up to eight.
class SplitInBatcherTest : public ::testing::Test {
 protected:
  void TearDown() override { batcher_.reset(); }

  Batcher& Start(BatcherSettings settings = {}) {
    settings.model = "net";
    settings.max_rows = 2;
    settings.max_request_rows = 8;
    batcher_ = std::make_unique<Batcher>(settings, runner_, clock_, nullptr);
    return *batcher_;
  }

  // The batcher ends first: what it still answers is in the result then.
  Result End(Whole& whole) {
    batcher_.reset();
    EXPECT_EQ(whole.answers, 1);
    return std::move(*whole.result);
  }

  Request WithoutTerms(Whole& whole) {
    Request request = whole.Make();
    request.deadline = absl::InfiniteFuture();
    request.timeout = absl::InfiniteDuration();
    request.priority = 0;
    return request;
  }

  // Blocks until so many requests wait.
  void AwaitQueue(int64_t requests) {
    while (batcher_->queue_size() != requests) std::this_thread::yield();
  }

  FakeClock clock_;
  GatedRunner runner_;
  std::unique_ptr<Batcher> batcher_;
};

TEST_F(SplitInBatcherTest, RunsInPartsAndIsOneRequest) {
  Batcher& batcher = Start();
  Whole running(1), large(7);
  batcher.Submit(WithoutTerms(running));
  runner_.AwaitRuns(1);
  batcher.Submit(WithoutTerms(large));
  EXPECT_EQ(batcher.queue_size(), 1);
  runner_.Open();
  AwaitQueue(0);
  const Result result = End(large);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->outputs[0].spec().shape, (compute::Shape{7, 2}));
  for (int i = 0; i < 14; ++i) EXPECT_EQ(result->outputs[0].data<float>()[i], 2.0F * i);
  EXPECT_EQ(runner_.runs(), 5);
}

TEST_F(SplitInBatcherTest, MoreRowsThanARequestMayHaveAreRefused) {
  Batcher& batcher = Start();
  Whole large(9);
  batcher.Submit(WithoutTerms(large));
  const Result result = End(large);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("from 1 to 8 rows"));
}

TEST_F(SplitInBatcherTest, ItsDeadlineEndsAllThatWaits) {
  Batcher& batcher = Start();
  Whole large(8);
  Request request = WithoutTerms(large);
  request.deadline = clock_.Now() + absl::Milliseconds(10);
  batcher.Submit(std::move(request));
  runner_.AwaitRuns(1);
  clock_.Advance(absl::Milliseconds(10));
  batcher.Wake();
  AwaitQueue(0);
  runner_.Open();
  EXPECT_EQ(End(large).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(runner_.runs(), 1);
}

TEST_F(SplitInBatcherTest, ItsTimeoutEndsAllThatWaits) {
  Batcher& batcher = Start();
  Whole large(8);
  Request request = WithoutTerms(large);
  request.timeout = absl::Milliseconds(10);
  batcher.Submit(std::move(request));
  runner_.AwaitRuns(1);
  clock_.Advance(absl::Milliseconds(10));
  batcher.Wake();
  AwaitQueue(0);
  runner_.Open();
  EXPECT_EQ(End(large).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(runner_.runs(), 1);
}

TEST_F(SplitInBatcherTest, CancelTakesAllThatWaits) {
  Batcher& batcher = Start();
  Whole large(8), other(2);
  const Batcher::Ticket ticket = batcher.Submit(WithoutTerms(large));
  runner_.AwaitRuns(1);
  batcher.Submit(WithoutTerms(other));
  batcher.Cancel(ticket);
  AwaitQueue(1);
  runner_.Open();
  AwaitQueue(0);
  EXPECT_EQ(End(large).status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(other.result->ok());
  EXPECT_EQ(runner_.runs(), 2);
}

TEST_F(SplitInBatcherTest, APartThatFailsTakesTheOthersOutOfTheQueue) {
  Batcher& batcher = Start();
  Whole large(8, -1);  // the runner fails on a negative value
  Whole running(1);
  batcher.Submit(WithoutTerms(running));
  runner_.AwaitRuns(1);
  batcher.Submit(WithoutTerms(large));
  runner_.LetPass(2);
  AwaitQueue(0);
  runner_.Open();
  EXPECT_EQ(End(large).status().code(), absl::StatusCode::kInternal);
}

TEST_F(SplitInBatcherTest, OneOfHigherPriorityGoesBetweenTheParts) {
  Batcher& batcher = Start({.rules = {.levels = 2, .default_level = 2}});
  Whole large(6), urgent(2, 100);
  batcher.Submit(WithoutTerms(large));
  runner_.AwaitRuns(1);
  Request request = WithoutTerms(urgent);
  request.priority = 1;
  request.done = [&](Result given) {
    ++urgent.answers;
    EXPECT_EQ(large.answers, 0);
    urgent.result = std::move(given);
  };
  batcher.Submit(std::move(request));
  runner_.Open();
  AwaitQueue(0);
  EXPECT_TRUE(End(large).ok());
  EXPECT_TRUE(urgent.result->ok());
}

TEST_F(SplitInBatcherTest, CountsAsOneInABoundedQueue) {
  Batcher& batcher = Start({.bounds = {.requests = 2}});
  Whole running(2), large(8), next(1), beyond(1);
  batcher.Submit(WithoutTerms(running));
  runner_.AwaitRuns(1);
  batcher.Submit(WithoutTerms(large));
  batcher.Submit(WithoutTerms(next));
  batcher.Submit(WithoutTerms(beyond));
  ASSERT_TRUE(beyond.result.has_value());
  EXPECT_THAT(std::string(beyond.result->status().message()), HasSubstr("2 requests wait"));
  runner_.Open();
  AwaitQueue(0);
  EXPECT_TRUE(End(large).ok());
  EXPECT_TRUE(next.result->ok());
}

}  // namespace
}  // namespace convoy::server
