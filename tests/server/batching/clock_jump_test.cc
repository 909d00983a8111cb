// A host's clock that is set while requests wait. The server's own clock is steady (base/clock.h);
// were it not, still every request would be answered, once, and the queue would go on.
#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "server/batching/batcher.h"
#include "tests/support/fake_clock.h"
#include "tests/support/gated_runner.h"

namespace convoy::server {
namespace {

using Result = absl::StatusOr<Answer>;

class ClockJumpTest : public ::testing::TestWithParam<int> {
 protected:
  std::future<Result> Submit(absl::Time deadline = absl::InfiniteFuture()) {
    auto promise = std::make_shared<std::promise<Result>>();  // a second answer would throw
    batcher_.Submit({.inputs = {input_.view()},
                     .deadline = deadline,
                     .done = [promise](Result result) { promise->set_value(std::move(result)); }});
    return promise->get_future();
  }
  void Jump() {
    clock_.Advance(absl::Hours(GetParam()));
    batcher_.Wake();
  }

  convoy::testing::FakeClock clock_;
  convoy::testing::GatedRunner runner_;
  const compute::HostTensor input_{compute::TensorSpec{compute::DType::kFloat32, {1, 1}}};
  Batcher batcher_{{.model = "net", .max_rows = 1}, runner_, clock_, nullptr};
};

TEST_P(ClockJumpTest, WhatRunsAndWhatWaitsIsAnswered) {
  auto running = Submit();
  runner_.AwaitRuns(1);
  auto waiting = Submit(), due = Submit(clock_.Now() + absl::Seconds(1));
  Jump();
  runner_.Open();
  EXPECT_TRUE(running.get().ok());
  EXPECT_TRUE(waiting.get().ok());
  // Its second is over, or lies an hour off.
  EXPECT_EQ(due.get().status().code(),
            GetParam() > 0 ? absl::StatusCode::kDeadlineExceeded : absl::StatusCode::kOk);
}

TEST_P(ClockJumpTest, TheQueueGoesOnAfterwards) {
  runner_.Open();
  EXPECT_TRUE(Submit().get().ok());
  Jump();
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(Submit(clock_.Now() + absl::Seconds(1)).get().ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Hours, ClockJumpTest, ::testing::Values(-24, -1, 1, 24 * 365));

}  // namespace
}  // namespace convoy::server
