#include "compute/runtime/vulkan_verdict_file.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace convoy::compute {
namespace {

constexpr std::string_view kHeading = "convoy kernel verdicts 1";
constexpr std::string_view kEnd = "end";
constexpr std::string_view kPassed = "passed";
constexpr std::string_view kFailed = "failed";

// One line, without tabs: a reason may quote what a driver said.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return text;
}

// The text up to `separator`, which is taken off `rest` with it; nothing when there is none.
std::optional<std::string_view> TakeUntil(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

// kernel TAB passed|failed TAB reason
std::optional<KernelVerdict> ParseLine(std::string_view line) {
  const std::optional<std::string_view> kernel = TakeUntil(line, '\t');
  const std::optional<std::string_view> verdict = TakeUntil(line, '\t');
  if (!verdict.has_value() || (*verdict != kPassed && *verdict != kFailed)) return std::nullopt;
  return KernelVerdict{std::string(*kernel), *verdict == kPassed, std::string(line)};
}

}  // namespace

std::string FormatVerdicts(std::string_view key, const std::vector<KernelVerdict>& verdicts) {
  std::string text = absl::StrFormat("%s\n%s\n", kHeading, OneLine(std::string(key)));
  for (const KernelVerdict& verdict : verdicts) {
    text += absl::StrFormat("%s\t%s\t%s\n", verdict.kernel, verdict.passed ? kPassed : kFailed,
                            OneLine(verdict.reason));
  }
  return text + std::string(kEnd) + "\n";
}

std::optional<std::vector<KernelVerdict>> ParseVerdicts(std::string_view text,
                                                        std::string_view key) {
  if (TakeUntil(text, '\n') != kHeading) return std::nullopt;
  if (TakeUntil(text, '\n') != OneLine(std::string(key))) return std::nullopt;
  std::vector<KernelVerdict> verdicts;
  while (const std::optional<std::string_view> line = TakeUntil(text, '\n')) {
    if (*line == kEnd) return verdicts;
    std::optional<KernelVerdict> verdict = ParseLine(*line);
    if (!verdict.has_value()) return std::nullopt;
    verdicts.push_back(*std::move(verdict));
  }
  return std::nullopt;
}

}  // namespace convoy::compute
