#include "server/tracing/access_log_rule.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

constexpr std::string_view kSlow = "slow:";
constexpr int64_t kMaxSlowMs = 3'600'000;

}  // namespace

absl::StatusOr<AccessLogRule> ParseAccessLog(std::string_view text) {
  if (text == "off") return AccessLogRule{};
  if (text == "errors") return AccessLogRule{.errors = true};
  if (text == "all") return AccessLogRule{.errors = true, .at_least = absl::ZeroDuration()};
  int64_t ms = 0;
  if (text.starts_with(kSlow) && absl::SimpleAtoi(std::string(text.substr(kSlow.size())), &ms) &&
      ms >= 1 && ms <= kMaxSlowMs) {
    return AccessLogRule{.errors = true, .at_least = absl::Milliseconds(ms)};
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("it is off, errors, all, or slow:MS with 1 to %d milliseconds", kMaxSlowMs));
}

std::string FormatAccessLog(const AccessLogRule& rule) {
  if (!rule.on()) return "off";
  if (rule.at_least == absl::InfiniteDuration()) return "errors";
  if (rule.at_least == absl::ZeroDuration()) return "all";
  return absl::StrFormat("slow:%d", absl::ToInt64Milliseconds(rule.at_least));
}

}  // namespace convoy::server
