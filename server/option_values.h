// How the text of a setting becomes a value of ServerOptions and back: one pair of functions a kind
// of value. `At` is a captureless lambda from the options to the value.
//
//   constexpr auto kPort = [](ServerOptions& o) -> int64_t& { return o.grpc_port; };
//   {"grpc-port", "PORT", "...", false, SetNumberAt<kPort, 0, 65535>, GetNumberAt<kPort>}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "server/options.h"

namespace convoy::server {

// The accessors take options that may be changed; reading through them changes nothing.
template <auto At>
const auto& ValueAt(const ServerOptions& options) {
  return At(const_cast<ServerOptions&>(options));
}

template <auto At, int64_t lowest, int64_t highest>
absl::Status SetNumberAt(ServerOptions& options, std::string_view text) {
  int64_t value = 0;
  if (!absl::SimpleAtoi(std::string(text), &value) || value < lowest || value > highest) {
    return absl::InvalidArgumentError(
        absl::StrFormat("'%s' is not a whole number from %d to %d", text, lowest, highest));
  }
  At(options) = value;
  return absl::OkStatus();
}

template <auto At>
std::string GetNumberAt(const ServerOptions& options) {
  return absl::StrFormat("%d", ValueAt<At>(options));
}

template <auto At>
absl::Status SetTextAt(ServerOptions& options, std::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the value is empty");
  At(options) = std::string(text);
  return absl::OkStatus();
}

template <auto At>
std::string GetTextAt(const ServerOptions& options) {
  return ValueAt<At>(options);
}

template <auto At>
absl::Status SetBoolAt(ServerOptions& options, std::string_view text) {
  if (text != "true" && text != "false" && text != "1" && text != "0") {
    return absl::InvalidArgumentError(absl::StrFormat("'%s' is neither true nor false", text));
  }
  At(options) = text == "true" || text == "1";
  return absl::OkStatus();
}

template <auto At>
std::string GetBoolAt(const ServerOptions& options) {
  return ValueAt<At>(options) ? "true" : "false";
}

}  // namespace convoy::server
