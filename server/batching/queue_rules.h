// Who may wait for a batch, how long, and in which order: a model's priority levels and queue
// policies. Plain data and pure functions.
//
//   const int64_t level = LevelOf(rules, request.priority);
//   const QueuePolicy& policy = PolicyOf(rules, level);
//   const absl::Time timeout = TimeoutOf(policy, arrival, request.timeout);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

struct QueuePolicy {
  // A request past its timeout goes on waiting, behind all of its level that have time left.
  // Else it is answered with an error.
  bool delays = false;
  absl::Duration default_timeout = absl::ZeroDuration();  // zero: none
  // A request may ask for less than default_timeout.
  bool allow_timeout_override = false;
  int64_t max_queue_size = 0;  // requests of the level that wait; 0: QueueBounds::requests
};

struct QueueRules {
  int64_t levels = 0;         // 1 is served first; 0: all requests are equal
  int64_t default_level = 0;  // of a request without a priority, or one beyond the levels
  QueuePolicy policy;         // of levels without one of their own
  std::map<int64_t, QueuePolicy> policy_of_level;
  // Requests are batched in the order of their arrival, one batch at a time, and so are answered.
  bool preserve_ordering = false;
  std::vector<int64_t> preferred_rows;  // ascending; see BatchLimits
};

// 0 where there are no levels.
int64_t LevelOf(const QueueRules& rules, uint64_t priority);

const QueuePolicy& PolicyOf(const QueueRules& rules, int64_t level);

// When a request's timeout ends that came at `arrival` and asks for `asked` (infinite: for none).
// Where the policy has no default, what is asked for holds.
absl::Time TimeoutOf(const QueuePolicy& policy, absl::Time arrival, absl::Duration asked);

// How much may wait for one model.
struct QueueBounds {
  int64_t requests = 256;                                  // of each level
  int64_t bytes = int64_t{1} << 30;                        // of the inputs of all levels
  absl::StatusCode code = absl::StatusCode::kUnavailable;  // of a refusal
};

// What waits.
struct QueueFill {
  int64_t requests = 0;                         // of one level
  int64_t bytes = 0;                            // of all
  absl::Duration drain = absl::ZeroDuration();  // until all has run, as expected; zero: not known
};

// Refuses a request of `bytes` that finds the queue so full. One that finds no others waiting may
// be of any size.
absl::Status CheckRoom(std::string_view model, const QueuePolicy& policy, const QueueBounds& bounds,
                       const QueueFill& fill, int64_t bytes);

}  // namespace convoy::server
