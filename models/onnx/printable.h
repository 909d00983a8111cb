// Names out of a model file as they may stand in a message: escaped, and cut when very long.
#pragma once

#include <string>

#include "absl/strings/escaping.h"

namespace convoy::models {

inline std::string Printable(const std::string& name) {
  constexpr size_t kLongest = 120;
  if (name.size() <= kLongest) return absl::Utf8SafeCEscape(name);
  return absl::CEscape(name.substr(0, kLongest)) + "...";
}

}  // namespace convoy::models
