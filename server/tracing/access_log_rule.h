// Which requests the access log tells of. Pure.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace convoy::server {

// Off unless something is set.
struct AccessLogRule {
  bool errors = false;
  absl::Duration at_least = absl::InfiniteDuration();  // zero: every request

  bool on() const { return errors || at_least < absl::InfiniteDuration(); }

  friend bool operator==(const AccessLogRule&, const AccessLogRule&) = default;
};

// "off"; "errors"; "slow:MILLISECONDS", which tells of errors as well; "all". INVALID_ARGUMENT says
// so.
absl::StatusOr<AccessLogRule> ParseAccessLog(std::string_view text);
std::string FormatAccessLog(const AccessLogRule& rule);

inline bool Wants(const AccessLogRule& rule, absl::StatusCode code, absl::Duration total) {
  return total >= rule.at_least || (rule.errors && code != absl::StatusCode::kOk);
}

}  // namespace convoy::server
