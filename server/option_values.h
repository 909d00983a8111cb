// How the text of a setting becomes a value of ServerOptions and back: one pair of functions a kind
// of value. `At` leads from the options to the value: a member pointer, or a captureless lambda
// where it lies deeper.
//
//   {"grpc-port", "PORT", "...", false, SetNumber<&O::grpc_port, 0, 65535>,
//   GetNumber<&O::grpc_port>}
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "server/options.h"

namespace convoy::server {

// Words and what they stand for.
template <typename T, size_t size>
using Choices = std::array<std::pair<std::string_view, T>, size>;

// The accessors take options that may be changed; reading through them changes nothing.
template <auto At>
const auto& ValueAt(const ServerOptions& options) {
  return std::invoke(At, const_cast<ServerOptions&>(options));
}

template <auto At, int64_t lowest, int64_t highest>
absl::Status SetNumber(ServerOptions& options, std::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(std::string(text), &value) || value < lowest || value > highest) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a whole number from %d to %d", text, lowest, highest));
  }
  std::invoke(At, options) = value;
  return absl::OkStatus();
}

template <auto At>
std::string GetNumber(const ServerOptions& options) {
  return absl::StrFormat("%d", ValueAt<At>(options));
}

template <auto At>
absl::Status SetText(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the value is empty");
  std::invoke(At, options) = std::string(text);
  return absl::OkStatus();
}

template <auto At>
std::string GetText(const ServerOptions& options) {
  return ValueAt<At>(options);
}

template <auto At>
absl::Status SetBool(ServerOptions& options, std::string_view text) {
  if (text != "true" && text != "false" && text != "1" && text != "0") {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither true nor false", text));
  }
  std::invoke(At, options) = text == "true" || text == "1";
  return absl::OkStatus();
}

template <auto At>
std::string GetBool(const ServerOptions& options) {
  return ValueAt<At>(options) ? "true" : "false";
}

// INVALID_ARGUMENT lists the words.
template <auto At, const auto& choices>
absl::Status SetChoice(ServerOptions& options, std::string_view text) {
  std::string words;
  const bool two = choices.size() == 2;
  for (const auto& [word, value] : choices) {
    if (word == text) {
      std::invoke(At, options) = value;
      return absl::OkStatus();
    }
    words += absl::StrFormat("%s%s", words.empty() ? "" : two ? " nor " : ", ", word);
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' is %s %s", text, two ? "neither" : "none of", words));
}

template <auto At, const auto& choices>
std::string GetChoice(const ServerOptions& options) {
  for (const auto& [word, value] : choices) {
    if (value == ValueAt<At>(options)) return std::string(word);
  }
  return "";
}

// Of settings that add up from nothing.
inline std::string NoDefault(const ServerOptions&) { return ""; }

}  // namespace convoy::server
