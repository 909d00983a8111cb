#include "server/batching/batch_policy.h"

#include <algorithm>
#include <tuple>

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
  std::vector<size_t> members;  // those that fit into one batch, most urgent first
  int64_t rows = 0;
  bool full = false;  // at the limit, or something had to stay behind
  absl::Time due = absl::InfiniteFuture();
};

// Buckets in order of their most urgent member. A member that does not fit is passed over for a
// smaller one behind it: it keeps its place and leads the next batch.
std::vector<Bucket> FillBuckets(std::span<const QueueEntry> queue, std::span<const size_t> live,
                                const BatchLimits& limits) {
  std::vector<Bucket> buckets;
  for (const size_t i : live) {
    const QueueEntry& entry = queue[i];
    auto bucket = std::find_if(buckets.begin(), buckets.end(), [&](const Bucket& candidate) {
      return candidate.shape_key == entry.shape_key;
    });
    if (bucket == buckets.end()) {
      bucket = buckets.insert(bucket, Bucket{.shape_key = entry.shape_key});
    }
    bucket->due = std::min({bucket->due, entry.arrival + limits.max_queue_delay,
                            entry.deadline - limits.expected_run});
    // A lone request always fits: the batcher refuses larger ones.
    if (!bucket->members.empty() && bucket->rows + entry.rows > limits.max_rows) {
      bucket->full = true;
      continue;
    }
    bucket->members.push_back(i);
    bucket->rows += entry.rows;
    bucket->full = bucket->full || bucket->rows >= limits.max_rows;
  }
  return buckets;
}

}  // namespace

BatchDecision DecideBatch(std::span<const QueueEntry> queue, bool device_idle, absl::Time now,
                          const BatchLimits& limits) {
  BatchDecision decision;
  const std::vector<size_t> live = SortLive(queue, now, decision);
  for (const size_t i : live) {
    decision.wait_until = std::min(decision.wait_until, queue[i].deadline);
  }
  if (!device_idle) return decision;
  for (Bucket& bucket : FillBuckets(queue, live, limits)) {
    if (bucket.full || bucket.due <= now) {
      decision.run = std::move(bucket.members);
      return decision;
    }
    decision.wait_until = std::min(decision.wait_until, bucket.due);
  }
  return decision;
}

}  // namespace convoy::server
