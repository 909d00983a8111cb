// The flags of tritonserver, so that its command lines can be moved over: those with a meaning here
// become a setting, the others are refused by a sentence that says what to use instead, or why
// there is nothing. Flags that both servers call the same are ordinary settings (options.h). Pure.
//
//   CONVOY_RETURN_IF_ERROR(TakeTritonFlags({{"exit-timeout-secs", {"20"}}}, given));
//   // given["drain-seconds"] is {"20"}
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/options.h"

namespace convoy::server {

struct TritonFlag {
  std::string_view name;
  std::string_view setting;  // that it sets; empty: none
  // Its value as the setting takes it; empty: that is so in any case. Null: every value is refused.
  absl::StatusOr<std::string> (*translate)(std::string_view value);
  std::string_view instead;  // what a refusal says; a sentence without full stop
};

std::span<const TritonFlag> TritonFlags();

// Adds what `flags`, by their names, set. INVALID_ARGUMENT names the flag and says what to use.
absl::Status TakeTritonFlags(const GivenSettings& flags, GivenSettings& given);

// A section of docs/configuration.md.
std::string RenderTritonFlags();

}  // namespace convoy::server
