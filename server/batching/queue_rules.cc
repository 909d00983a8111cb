#include "server/batching/queue_rules.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

std::string RetryHint(absl::Duration drain) {
  if (drain <= absl::ZeroDuration()) return "";
  return absl::StrFormat("; retry in about %d ms",
                         std::llround(std::ceil(absl::ToDoubleMilliseconds(drain))));
}

}  // namespace

int64_t LevelOf(const QueueRules& rules, uint64_t priority) {
  const bool known = priority >= 1 && priority <= static_cast<uint64_t>(rules.levels);
  return known ? static_cast<int64_t>(priority) : rules.default_level;
}

const QueuePolicy& PolicyOf(const QueueRules& rules, int64_t level) {
  const auto own = rules.policy_of_level.find(level);
  return own == rules.policy_of_level.end() ? rules.policy : own->second;
}

absl::Time TimeoutOf(const QueuePolicy& policy, absl::Time arrival, absl::Duration asked) {
  if (policy.default_timeout <= absl::ZeroDuration()) return arrival + asked;
  if (!policy.allow_timeout_override) return arrival + policy.default_timeout;
  return arrival + std::min(policy.default_timeout, asked);
}

absl::Status CheckRoom(std::string_view model, const QueuePolicy& policy, const QueueBounds& bounds,
                       const QueueFill& fill, int64_t bytes) {
  const int64_t requests = policy.max_queue_size > 0 ? policy.max_queue_size : bounds.requests;
  if (fill.requests >= requests) {
    return absl::Status(
        bounds.code,
        absl::StrFormat(
            "Exceeds maximum queue size: %d requests wait for model '%s' and the limit is %d%s",
            fill.requests, model, requests, RetryHint(fill.drain)));
  }
  if (fill.bytes > 0 && fill.bytes + bytes > bounds.bytes) {
    return absl::Status(
        bounds.code,
        absl::StrFormat("Exceeds maximum queue size: inputs of %d bytes wait for model '%s', the "
                        "request has %d more and the limit is %d%s",
                        fill.bytes, model, bytes, bounds.bytes, RetryHint(fill.drain)));
  }
  return absl::OkStatus();
}

}  // namespace convoy::server
