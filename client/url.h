// Where a server is, as people type it, turned into a gRPC target. Pure.
//
//   ParseUrl("localhost")            -> "localhost:8001"
//   ParseUrl("grpc://10.0.0.7:9000") -> "10.0.0.7:9000"
//   ParseUrl("[::1]")                -> "[::1]:8001"
//   ParseUrl("unix:/run/convoy")     -> "unix:/run/convoy"
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace convoy::client {

inline constexpr int kDefaultPort = 8001;

// INVALID_ARGUMENT quotes the text and says which forms are taken.
absl::StatusOr<std::string> ParseUrl(std::string_view url);

}  // namespace convoy::client
