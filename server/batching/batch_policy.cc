#include "server/batching/batch_policy.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace convoy::server {
namespace {

absl::Time Urgency(const QueueEntry& entry) {
  return std::min(entry.deadline, entry.arrival + kPatience);
}

// Splits off what leaves the queue in any case; returns the rest, most urgent first.
std::vector<size_t> SortLive(std::span<const QueueEntry> queue, absl::Time now,
                             BatchDecision& decision) {
  std::vector<size_t> live;
  live.reserve(queue.size());
  for (size_t i = 0; i < queue.size(); ++i) {
    if (queue[i].cancelled) {
      decision.cancelled.push_back(i);
    } else if (queue[i].deadline <= now) {
      decision.expired.push_back(i);
    } else {
      live.push_back(i);
    }
  }
  std::stable_sort(live.begin(), live.end(), [&](size_t a, size_t b) {
    return std::tuple(Urgency(queue[a]), queue[a].arrival) <
           std::tuple(Urgency(queue[b]), queue[b].arrival);
  });
  return live;
}

struct Bucket {
  std::string_view shape_key;
  std::vector<size_t> members;  // most urgent first
  int64_t rows = 0;
  absl::Time due = absl::InfiniteFuture();
};

// Buckets in order of their most urgent member.
std::vector<Bucket> FillBuckets(std::span<const QueueEntry> queue, std::span<const size_t> live,
                                absl::Duration delay, absl::Duration expected_run) {
  std::vector<Bucket> buckets;
  for (const size_t i : live) {
    const QueueEntry& entry = queue[i];
    auto bucket = std::find_if(buckets.begin(), buckets.end(), [&](const Bucket& candidate) {
      return candidate.shape_key == entry.shape_key;
    });
    if (bucket == buckets.end()) {
      bucket = buckets.insert(bucket, Bucket{.shape_key = entry.shape_key});
    }
    bucket->due = std::min({bucket->due, entry.arrival + delay, entry.deadline - expected_run});
    bucket->members.push_back(i);
    bucket->rows += entry.rows;
  }
  return buckets;
}

// Takes a batch of at most `rows` rows out of the bucket, its first member in any case. One that
// does not fit is passed over for a smaller one behind it: it keeps its place and leads the next.
std::vector<size_t> TakeBatch(std::span<const QueueEntry> queue, int64_t rows, Bucket& bucket) {
  std::vector<size_t> taken;
  std::vector<size_t> left;
  int64_t taken_rows = 0;
  for (const size_t i : bucket.members) {
    const bool fits = taken.empty() || taken_rows + queue[i].rows <= rows;
    (fits ? taken : left).push_back(i);
    if (fits) taken_rows += queue[i].rows;
  }
  bucket.members = std::move(left);
  return taken;
}

// One wide batch, or one for each free lane as long as there are members.
std::vector<DecidedBatch> SplitBucket(std::span<const QueueEntry> queue, const LaneState& lanes,
                                      int64_t demand, const BatchLimits& limits, Bucket& bucket) {
  const BatchSize size = ChooseBatchSize({.rows = bucket.rows,
                                          .first_rows = queue[bucket.members.front()].rows,
                                          .demand = demand,
                                          .max_rows = limits.max_rows},
                                         lanes, limits.times);
  const int most = size.width == compute::Width::kNarrow ? lanes.free : 1;
  std::vector<DecidedBatch> batches;
  while (!bucket.members.empty() && static_cast<int>(batches.size()) < most) {
    batches.push_back({TakeBatch(queue, size.rows, bucket), size.width});
  }
  return batches;
}

}  // namespace

BatchDecision DecideBatch(std::span<const QueueEntry> queue, const LaneState& lanes,
                          const SeenLoad& load, absl::Time now, const BatchLimits& limits) {
  BatchDecision decision;
  const std::vector<size_t> live = SortLive(queue, now, decision);
  for (const size_t i : live) {
    decision.wait_until = std::min(decision.wait_until, queue[i].deadline);
  }
  if (lanes.free == 0) return decision;
  const bool behind_another = !lanes.narrow && lanes.free < lanes.count;
  const absl::Duration delay = behind_another && limits.max_queue_delay == absl::ZeroDuration()
                                   ? absl::InfiniteDuration()
                                   : limits.max_queue_delay;
  const int64_t demand = now - load.at <= limits.expected_run ? load.rows : 0;
  for (Bucket& bucket : FillBuckets(queue, live, delay, limits.expected_run)) {
    if (bucket.rows >= limits.max_rows || bucket.due <= now) {
      decision.run = SplitBucket(queue, lanes, demand, limits, bucket);
      return decision;
    }
    decision.wait_until = std::min(decision.wait_until, bucket.due);
  }
  return decision;
}

SeenLoad UpdateLoad(const SeenLoad& load, int64_t rows, absl::Time now,
                    absl::Duration expected_run) {
  const bool recent = now - load.at <= expected_run;
  return recent && load.rows > rows ? load : SeenLoad{rows, now};
}

}  // namespace convoy::server
