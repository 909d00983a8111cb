// The batching rule as a pure function: a snapshot of the queue, the device and the time go in,
// what to do comes out. No threads, no clock, no tensors.
//
// - Requests whose inputs have the same shapes share a bucket; a batch never mixes buckets.
// - Priority levels are strict: level 1 goes before level 2, and within a level what is within its
//   queue timeout before what has been left to wait on beyond it.
// - Among equals the request whose deadline (or timeout) is nearest goes first, and its bucket with
//   it. One without a deadline counts as due kPatience after its arrival, so that none starves.
// - Nor does one of a lower rank starve: once a kPatience, the request that has waited longest, and
//   longer than kPatience, goes before all others. It costs higher levels a batch a second at most.
// - One whose deadline leaves no time for a run goes behind those of its rank that can still be
//   answered in time: else an overloaded server would spend itself on answers that come too late.
// - Where the order of arrival is to be kept, it alone counts, and a batch takes the whole device.
// - A free device takes what there is, unless the model asks for a delay: then a bucket waits for
//   more rows until it holds a full batch or one of a preferred size, its oldest request has waited
//   that long, or its nearest deadline leaves just the time that a run takes.
// - How large the batches are, and whether they share the device, is batch_size.h's to say.
// - Where lanes are no parts of the device, those behind the first only make the transfers of one
//   batch overlap the computation of another. They take full batches alone, for smaller ones gain
//   more from growing meanwhile.
// - A request past its deadline or its timeout, or cancelled, leaves the queue whatever the device
//   does.
//
//   BatchDecision decision = DecideBatch(queue, lanes, load, now, limits);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "server/batching/batch_size.h"

namespace convoy::server {

inline constexpr absl::Duration kPatience = absl::Seconds(1);

// What the policy sees of a waiting request.
struct QueueEntry {
  std::string_view shape_key;  // equal keys may share a batch
  int64_t rows = 1;
  absl::Time arrival;
  absl::Time deadline = absl::InfiniteFuture();
  bool cancelled = false;
  int64_t level = 0;                            // smaller ones go first
  absl::Time timeout = absl::InfiniteFuture();  // of waiting; see queue_rules.h
  bool delays = false;                          // past the timeout it waits on, behind its level
};

// The most rows that were in the queue and on the device together, seen lately. Callers who were
// there a moment ago may come back with their next request.
struct SeenLoad {
  int64_t rows = 0;
  absl::Time at = absl::InfinitePast();
};

struct BatchLimits {
  int64_t max_rows = 1;
  absl::Duration max_queue_delay = absl::ZeroDuration();
  absl::Duration expected_run = absl::ZeroDuration();  // how long a batch takes, as measured so far
  std::span<const BucketTime> times = {};              // the same by size; see RunnerLanes
  // Ascending. With a delay set, a batch that reaches one of these sizes does not wait for more.
  std::span<const int64_t> preferred_rows = {};
  bool preserve_ordering = false;
  absl::Time last_raised = absl::InfinitePast();  // when a request last went before higher ranks
};

struct DecidedBatch {
  std::vector<size_t> members;  // indices into the queue, most urgent first; not empty
  compute::Width width = compute::Width::kWide;
};

// Indices into the queue; no index occurs twice.
struct BatchDecision {
  std::vector<DecidedBatch> run;  // each on a lane of its own, or one on all; empty when nothing is
                                  // to run now
  bool raised = false;            // the first of `run` begins with one of a lower rank
  std::vector<size_t> expired;    // to answer DEADLINE_EXCEEDED
  std::vector<size_t> timed_out;  // to answer UNAVAILABLE
  std::vector<size_t> cancelled;  // to answer CANCELLED
  absl::Time wait_until =
      absl::InfiniteFuture();  // decide again then, unless the queue or device changes
};

BatchDecision DecideBatch(std::span<const QueueEntry> queue, const LaneState& lanes,
                          const SeenLoad& load, absl::Time now, const BatchLimits& limits);

// The load after a moment at which `rows` were in the queue and on the device.
SeenLoad UpdateLoad(const SeenLoad& load, int64_t rows, absl::Time now,
                    absl::Duration expected_run);

}  // namespace convoy::server
