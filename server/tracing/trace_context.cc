#include "server/tracing/trace_context.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

// "00-" trace id "-" span id "-" flags
constexpr size_t kTraceIdAt = 3, kSpanIdAt = 36, kFlagsAt = 53, kLength = 55;
constexpr uint8_t kSampledFlag = 1;

std::optional<uint8_t> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

template <size_t size>
bool ReadHex(std::string_view text, std::array<uint8_t, size>& bytes) {
  for (size_t i = 0; i < size; ++i) {
    const auto high = HexDigit(text[2 * i]);
    const auto low = HexDigit(text[2 * i + 1]);
    if (!high.has_value() || !low.has_value()) return false;
    bytes[i] = static_cast<uint8_t>(*high << 4 | *low);
  }
  return true;
}

template <size_t size>
bool IsZero(const std::array<uint8_t, size>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

bool HasDashes(std::string_view text) {
  return text[kTraceIdAt - 1] == '-' && text[kSpanIdAt - 1] == '-' && text[kFlagsAt - 1] == '-';
}

}  // namespace

std::optional<TraceContext> ParseTraceparent(std::string_view text) {
  if (text.size() < kLength || !HasDashes(text)) return std::nullopt;
  std::array<uint8_t, 1> version{}, flags{};
  TraceContext context;
  if (!ReadHex(text, version) || !ReadHex(text.substr(kTraceIdAt), context.trace_id) ||
      !ReadHex(text.substr(kSpanIdAt), context.span_id) || !ReadHex(text.substr(kFlagsAt), flags)) {
    return std::nullopt;
  }
  const bool length_fits = text.size() == kLength || (version[0] != 0 && text[kLength] == '-');
  if (version[0] == 0xff || !length_fits || IsZero(context.trace_id) || IsZero(context.span_id)) {
    return std::nullopt;
  }
  context.sampled = (flags[0] & kSampledFlag) != 0;
  return context;
}

std::string FormatTraceparent(const TraceContext& context) {
  return absl::StrFormat("00-%s-%s-%02x", ToHex(context.trace_id), ToHex(context.span_id),
                         context.sampled ? kSampledFlag : 0);
}

}  // namespace convoy::server
