// DecideBatch against plain FIFO batchers on the same simulated overload: how many requests are
// answered within their deadline. No threads and no real time; the trace and the run times are
// fixed by seed and formula.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iostream>
#include <random>
#include <vector>

#include "server/batching/batch_policy.h"

namespace convoy::server {
namespace {

constexpr int64_t kMaxRows = 8;
constexpr size_t kMaxQueue = 256;
constexpr absl::Duration kDeadline = absl::Milliseconds(50);
constexpr int kRequests = 8000;
const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

absl::Duration RunTime(int64_t rows) {
  return absl::Milliseconds(4) + static_cast<double>(rows) * absl::Milliseconds(2);
}

// Plans have 1, 2, 4 and 8 rows.
int64_t PlanOf(int64_t rows) {
  int64_t plan = 1;
  while (plan < rows) plan *= 2;
  return plan;
}

// Poisson arrivals at `load` times what full batches answer.
std::vector<absl::Time> Arrivals(double load) {
  std::mt19937_64 random(20240817);
  const absl::Duration mean = RunTime(kMaxRows) / static_cast<double>(kMaxRows) / load;
  std::vector<absl::Time> arrivals;
  absl::Time at = kStart;
  for (int i = 0; i < kRequests; ++i) {
    // In (0, 1], from the upper 53 bits, so that every library draws the same.
    const double uniform = static_cast<double>((random() >> 11) + 1) * 0x1p-53;
    at += mean * -std::log(uniform);
    arrivals.push_back(at);
  }
  return arrivals;
}

using Policy =
    std::function<BatchDecision(std::span<const QueueEntry> queue, const LaneState& lanes,
                                absl::Time now, const BatchLimits& limits)>;

BatchDecision Ours(std::span<const QueueEntry> queue, const LaneState& lanes, absl::Time now,
                   const BatchLimits& limits) {
  return DecideBatch(queue, lanes, {}, now, limits);
}

// Takes the oldest requests, whether or not their deadline has passed.
BatchDecision Fifo(std::span<const QueueEntry> queue, const LaneState& lanes, absl::Time,
                   const BatchLimits& limits) {
  BatchDecision decision;
  if (lanes.free == 0 || queue.empty()) return decision;
  decision.run.resize(1);
  const size_t rows = std::min(queue.size(), static_cast<size_t>(limits.max_rows));
  for (size_t i = 0; i < rows; ++i) decision.run[0].members.push_back(i);
  return decision;
}

// The same, but requests past their deadline leave the queue first.
BatchDecision FifoThatDrops(std::span<const QueueEntry> queue, const LaneState& lanes,
                            absl::Time now, const BatchLimits& limits) {
  BatchDecision decision;
  std::vector<size_t> live;
  for (size_t i = 0; i < queue.size(); ++i) {
    (queue[i].deadline <= now ? decision.expired : live).push_back(i);
  }
  if (lanes.free == 0 || live.empty()) return decision;
  live.resize(std::min(live.size(), static_cast<size_t>(limits.max_rows)));
  decision.run.push_back({live});
  return decision;
}

// One device that runs one batch at a time.
class Simulation {
 public:
  explicit Simulation(Policy policy) : policy_(std::move(policy)) {
    for (int64_t rows = 1; rows <= kMaxRows; rows *= 2) {
      times_.push_back({.rows = rows, .wide = RunTime(rows)});
    }
  }

  // How many requests are answered in time.
  int64_t Run(const std::vector<absl::Time>& arrivals) {
    size_t arrived = 0;
    while (arrived < arrivals.size() || !queue_.empty() || busy_) {
      const absl::Time next =
          arrived < arrivals.size() ? arrivals[arrived] : absl::InfiniteFuture();
      now_ = std::min({next, busy_ ? free_at_ : absl::InfiniteFuture(), wake_at_});
      if (busy_ && free_at_ <= now_) EndBatch();
      if (next <= now_) {
        ++arrived;
        if (queue_.size() < kMaxQueue) {
          queue_.push_back({.arrival = now_, .deadline = now_ + kDeadline});
        }
      }
      Decide();
    }
    return in_time_;
  }

 private:
  void EndBatch() {
    for (const absl::Time deadline : running_) in_time_ += now_ <= deadline ? 1 : 0;
    running_.clear();
    busy_ = false;
  }

  void Decide() {
    const BatchDecision decision =
        policy_(queue_, {.free = busy_ ? 0 : 1}, now_,
                {.max_rows = kMaxRows, .expected_run = RunTime(kMaxRows), .times = times_});
    wake_at_ = decision.wait_until;
    std::vector<bool> leaves(queue_.size(), false);
    for (const size_t i : decision.expired) leaves[i] = true;
    for (const DecidedBatch& batch : decision.run) {
      for (const size_t i : batch.members) {
        leaves[i] = true;
        running_.push_back(queue_[i].deadline);
      }
      busy_ = true;
      free_at_ = now_ + RunTime(PlanOf(static_cast<int64_t>(batch.members.size())));
    }
    std::vector<QueueEntry> left;
    for (size_t i = 0; i < queue_.size(); ++i) {
      if (!leaves[i]) left.push_back(queue_[i]);
    }
    queue_ = std::move(left);
  }

  const Policy policy_;
  std::vector<BucketTime> times_;
  std::vector<QueueEntry> queue_;
  std::vector<absl::Time> running_;  // deadlines of the batch on the device
  absl::Time now_ = kStart;
  absl::Time free_at_ = kStart;
  absl::Time wake_at_ = absl::InfiniteFuture();
  bool busy_ = false;
  int64_t in_time_ = 0;
};

class GoodputTest : public ::testing::TestWithParam<double> {};

TEST_P(GoodputTest, IsNoLessThanThatOfPlainFifo) {
  const std::vector<absl::Time> arrivals = Arrivals(GetParam());
  const int64_t ours = Simulation(&Ours).Run(arrivals);
  const int64_t fifo = Simulation(&Fifo).Run(arrivals);
  const int64_t drops = Simulation(&FifoThatDrops).Run(arrivals);
  std::cout << GetParam() << " times the capacity, " << kRequests
            << " requests, answered in time: " << ours << "; plain FIFO " << fifo
            << ", FIFO that drops the expired " << drops << "\n";
  EXPECT_GE(ours, fifo);
  EXPECT_GE(ours, drops);
}

INSTANTIATE_TEST_SUITE_P(Loads, GoodputTest, ::testing::Values(1.0, 1.5, 3.0));

}  // namespace
}  // namespace convoy::server
