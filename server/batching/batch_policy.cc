#include "server/batching/batch_policy.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace convoy::server {
namespace {

bool TimedOut(const QueueEntry& entry, absl::Time now) { return entry.timeout <= now; }

// When the request leaves the queue, or falls behind in it, if it still waits.
absl::Time DueAt(const QueueEntry& entry, absl::Time now) {
  return TimedOut(entry, now) ? entry.deadline : std::min(entry.deadline, entry.timeout);
}

// Smaller ones go first, whatever their age.
std::tuple<int64_t, bool> Rank(const QueueEntry& entry, absl::Time now) {
  return {entry.level, TimedOut(entry, now)};
}

// Splits off what leaves the queue in any case; returns the rest.
std::vector<size_t> TakeLive(std::span<const QueueEntry> queue, absl::Time now,
                             BatchDecision& decision) {
  std::vector<size_t> live;
  live.reserve(queue.size());
  for (size_t i = 0; i < queue.size(); ++i) {
    if (queue[i].cancelled) {
      decision.cancelled.push_back(i);
    } else if (queue[i].deadline <= now) {
      decision.expired.push_back(i);
    } else if (TimedOut(queue[i], now) && !queue[i].delays) {
      decision.timed_out.push_back(i);
    } else {
      live.push_back(i);
      decision.wait_until = std::min(decision.wait_until, DueAt(queue[i], now));
    }
  }
  return live;
}

// Puts first whom patience has run out for behind higher ranks, if it is time; returns whether it
// did.
bool RaiseOldest(std::span<const QueueEntry> queue, absl::Time now, const BatchLimits& limits,
                 std::vector<size_t>& live) {
  if (live.empty() || now - limits.last_raised < kPatience) return false;
  const auto oldest = std::min_element(live.begin(), live.end(), [&](size_t a, size_t b) {
    return queue[a].arrival < queue[b].arrival;
  });
  const bool behind = Rank(queue[live.front()], now) < Rank(queue[*oldest], now);
  if (!behind || now - queue[*oldest].arrival <= kPatience) return false;
  std::rotate(live.begin(), oldest, oldest + 1);
  return true;
}

// Most urgent first; returns whether that is one of a lower rank.
bool SortLive(std::span<const QueueEntry> queue, absl::Time now, const BatchLimits& limits,
              std::vector<size_t>& live) {
  if (limits.preserve_ordering) {
    std::stable_sort(live.begin(), live.end(),
                     [&](size_t a, size_t b) { return queue[a].arrival < queue[b].arrival; });
    return false;
  }
  const auto key = [&](const QueueEntry& entry) {
    const bool too_late = entry.deadline < now + limits.expected_run;
    return std::tuple(Rank(entry, now), too_late,
                      std::min(DueAt(entry, now), entry.arrival + kPatience), entry.arrival);
  };
  std::stable_sort(live.begin(), live.end(),
                   [&](size_t a, size_t b) { return key(queue[a]) < key(queue[b]); });
  return RaiseOldest(queue, now, limits, live);
}

// Cuts the queue, in order of arrival, where the shape changes or a batch is full.
void KeepFirstRun(std::span<const QueueEntry> queue, int64_t max_rows, std::vector<size_t>& live) {
  int64_t rows = 0;
  const auto end = std::find_if(live.begin(), live.end(), [&](size_t i) {
    rows += queue[i].rows;
    return rows > max_rows || queue[i].shape_key != queue[live.front()].shape_key;
  });
  live.erase(end, live.end());
}

struct Bucket {
  std::string_view shape_key;
  std::vector<size_t> members;  // most urgent first
  int64_t rows = 0;
  absl::Time due = absl::InfiniteFuture();
};

// Buckets in order of their most urgent member.
std::vector<Bucket> FillBuckets(std::span<const QueueEntry> queue, std::span<const size_t> live,
                                absl::Time now, absl::Duration delay, absl::Duration expected_run) {
  std::vector<Bucket> buckets;
  for (const size_t i : live) {
    const QueueEntry& entry = queue[i];
    auto bucket = std::find_if(buckets.begin(), buckets.end(), [&](const Bucket& candidate) {
      return candidate.shape_key == entry.shape_key;
    });
    if (bucket == buckets.end()) {
      bucket = buckets.insert(bucket, Bucket{.shape_key = entry.shape_key});
    }
    bucket->due = std::min({bucket->due, entry.arrival + delay, DueAt(entry, now) - expected_run});
    bucket->members.push_back(i);
    bucket->rows += entry.rows;
  }
  return buckets;
}

// Takes a batch of at most `rows` rows out of the bucket, its first member in any case. One that
// does not fit is passed over for a smaller one behind it, unless the order counts: it keeps its
// place and leads the next.
std::vector<size_t> TakeBatch(std::span<const QueueEntry> queue, int64_t rows, bool ordered,
                              Bucket& bucket) {
  std::vector<size_t> taken;
  std::vector<size_t> left;
  int64_t taken_rows = 0;
  for (const size_t i : bucket.members) {
    const bool blocked = ordered && !left.empty();
    const bool fits = taken.empty() || (!blocked && taken_rows + queue[i].rows <= rows);
    (fits ? taken : left).push_back(i);
    if (fits) taken_rows += queue[i].rows;
  }
  bucket.members = std::move(left);
  return taken;
}

// One wide batch, or one for each free lane as long as there are members.
std::vector<DecidedBatch> SplitBucket(std::span<const QueueEntry> queue, const LaneState& lanes,
                                      int64_t demand, int64_t max_rows, const BatchLimits& limits,
                                      Bucket& bucket) {
  const BatchSize size = ChooseBatchSize({.rows = bucket.rows,
                                          .first_rows = queue[bucket.members.front()].rows,
                                          .demand = demand,
                                          .max_rows = max_rows},
                                         lanes, limits.times);
  const int most = size.width == compute::Width::kNarrow ? lanes.free : 1;
  std::vector<DecidedBatch> batches;
  while (!bucket.members.empty() && static_cast<int>(batches.size()) < most) {
    // Measured plans know nothing of preferred sizes.
    const int64_t rows = std::min(size.rows, max_rows);
    batches.push_back({TakeBatch(queue, rows, limits.preserve_ordering, bucket), size.width});
  }
  return batches;
}

// How many rows a batch may have now; 0: the bucket waits.
int64_t RowsNow(std::span<const QueueEntry> queue, const Bucket& bucket, absl::Time now,
                const BatchLimits& limits) {
  if (bucket.rows >= limits.max_rows || bucket.due <= now) return limits.max_rows;
  if (limits.max_queue_delay == absl::ZeroDuration()) return 0;
  int64_t rows = 0;
  for (const int64_t preferred : limits.preferred_rows) {
    const bool reached = preferred <= bucket.rows;
    if (reached && preferred >= queue[bucket.members.front()].rows) rows = preferred;
  }
  return rows;
}

// What a lane is free for.
void DecideRun(std::span<const QueueEntry> queue, std::span<const size_t> live,
               const LaneState& lanes, const SeenLoad& load, absl::Time now,
               const BatchLimits& limits, BatchDecision& decision) {
  const bool behind_another = !lanes.narrow && lanes.free < lanes.count;
  const absl::Duration delay = behind_another && limits.max_queue_delay == absl::ZeroDuration()
                                   ? absl::InfiniteDuration()
                                   : limits.max_queue_delay;
  const int64_t demand = now - load.at <= limits.expected_run ? load.rows : 0;
  for (Bucket& bucket : FillBuckets(queue, live, now, delay, limits.expected_run)) {
    if (const int64_t rows = RowsNow(queue, bucket, now, limits); rows > 0) {
      decision.run = SplitBucket(queue, lanes, demand, rows, limits, bucket);
      return;
    }
    decision.wait_until = std::min(decision.wait_until, bucket.due);
  }
}

}  // namespace

BatchDecision DecideBatch(std::span<const QueueEntry> queue, const LaneState& lanes,
                          const SeenLoad& load, absl::Time now, const BatchLimits& limits) {
  BatchDecision decision;
  std::vector<size_t> live = TakeLive(queue, now, decision);
  const bool raised = SortLive(queue, now, limits, live);
  const bool in_turn = !limits.preserve_ordering || lanes.free == lanes.count;
  if (lanes.free == 0 || live.empty() || !in_turn) return decision;
  if (limits.preserve_ordering) {
    KeepFirstRun(queue, limits.max_rows, live);
    DecideRun(queue, live, LaneState{}, load, now, limits, decision);
  } else {
    DecideRun(queue, live, lanes, load, now, limits, decision);
  }
  decision.raised =
      raised && !decision.run.empty() && decision.run.front().members.front() == live.front();
  return decision;
}

SeenLoad UpdateLoad(const SeenLoad& load, int64_t rows, absl::Time now,
                    absl::Duration expected_run) {
  const bool recent = now - load.at <= expected_run;
  return recent && load.rows > rows ? load : SeenLoad{rows, now};
}

}  // namespace convoy::server
