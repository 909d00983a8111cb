// How requests of a model wait and are put together: config.pbtxt's `dynamic_batching`. Plain data.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"

namespace convoy::models {

// What becomes of a request that has waited for its timeout.
enum class TimeoutAction {
  kReject,  // it is answered with an error
  kDelay,   // it goes on waiting, behind all requests of its level that have time left
};

// The rules of one queue. A priority level without its own has BatchingSettings::queue.
struct QueuePolicy {
  TimeoutAction timeout_action = TimeoutAction::kReject;
  absl::Duration default_timeout = absl::ZeroDuration();  // zero: none
  // A request may give its own timeout (parameter `timeout`) where that is shorter.
  bool allow_timeout_override = false;
  int64_t max_queue_size = 0;  // requests; 0 = the server's default

  friend bool operator==(const QueuePolicy&, const QueuePolicy&) = default;
};

struct BatchingSettings {
  // Rows, ascending, each from 1 to max_batch_size; a batch waits (up to max_queue_delay) until it
  // has one of these sizes. Empty: only the full batch ends the waiting.
  std::vector<int64_t> preferred_batch_sizes;
  absl::Duration max_queue_delay = absl::ZeroDuration();  // counted from the oldest request
  bool preserve_ordering = false;                         // answers leave in the order of arrival
  // Levels are 1 (served first) to priority_levels. 0: there are none, and all requests are equal.
  int64_t priority_levels = 0;
  int64_t default_priority_level = 0;  // of a request without or with an unknown priority
  QueuePolicy queue;
  std::map<int64_t, QueuePolicy> queue_of_priority;  // levels with a policy of their own

  friend bool operator==(const BatchingSettings&, const BatchingSettings&) = default;
};

}  // namespace convoy::models
