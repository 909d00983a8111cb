// The batching rule as a pure function: a snapshot of the queue and the time go in, what to do
// comes out. No threads, no clock, no tensors.
//
// - Requests whose inputs have the same shapes share a bucket; a batch never mixes buckets.
// - The request whose deadline is nearest goes first, and its bucket with it. One without a
// deadline
//   counts as due kPatience after its arrival, so that none starves.
// - An idle device takes what there is, unless the model asks for a delay: then a bucket waits for
//   more rows until it is full, its oldest request has waited that long, or its nearest deadline
//   leaves just the time that a run takes.
// - A request past its deadline, or cancelled, leaves the queue whatever the device does.
//
//   BatchDecision decision = DecideBatch(queue, /*device_idle=*/true, now, limits);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace convoy::server {

inline constexpr absl::Duration kPatience = absl::Seconds(1);

// What the policy sees of a waiting request.
struct QueueEntry {
  std::string_view shape_key;  // equal keys may share a batch
  int64_t rows = 1;
  absl::Time arrival;
  absl::Time deadline = absl::InfiniteFuture();
  bool cancelled = false;
};

struct BatchLimits {
  int64_t max_rows = 1;
  absl::Duration max_queue_delay = absl::ZeroDuration();
  absl::Duration expected_run = absl::ZeroDuration();  // how long a batch takes, as measured so far
};

// Indices into the queue; no index occurs twice.
struct BatchDecision {
  std::vector<size_t> run;        // one batch, most urgent first; empty when nothing is to run now
  std::vector<size_t> expired;    // to answer DEADLINE_EXCEEDED
  std::vector<size_t> cancelled;  // to answer CANCELLED
  absl::Time wait_until =
      absl::InfiniteFuture();  // decide again then, unless the queue or device changes
};

BatchDecision DecideBatch(std::span<const QueueEntry> queue, bool device_idle, absl::Time now,
                          const BatchLimits& limits);

}  // namespace convoy::server
