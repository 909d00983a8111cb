// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/): who traces a request, and
// under which ids.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace convoy::server {

struct TraceContext {
  std::array<uint8_t, 16> trace_id{};
  std::array<uint8_t, 8> span_id{};
  bool sampled = false;

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// The value of a `traceparent` header. nullopt for what the specification calls invalid: wrong
// lengths, upper case, ids of zeros, version ff. A later version's extra fields are passed over.
std::optional<TraceContext> ParseTraceparent(std::string_view text);

std::string FormatTraceparent(const TraceContext& context);

// Lower-case hexadecimal.
template <size_t size>
std::string ToHex(const std::array<uint8_t, size>& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace convoy::server
