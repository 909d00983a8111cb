// Text from outside, made fit for a message: names in requests and files may be huge or hold
// anything. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_format.h"

namespace convoy::compute {

inline constexpr size_t kMaxQuotedBytes = 256;

// 'text' in quotes, with control bytes as \xNN, and cut (which it says) behind kMaxQuotedBytes.
inline std::string Quote(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text.substr(0, kMaxQuotedBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      quoted += absl::StrFormat("\\x%02x", byte);
    } else {
      quoted += c;
    }
  }
  quoted += "'";
  if (text.size() > kMaxQuotedBytes) {
    quoted += absl::StrFormat(" (cut from %d bytes)", text.size());
  }
  return quoted;
}

}  // namespace convoy::compute
