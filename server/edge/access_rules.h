// Who may call what, as a pure function over the call's path and headers: bearer tokens for the
// whole server, and headers that guard groups of RPCs (Triton's restricted protocols).
//
//   CONVOY_RETURN_IF_ERROR(CheckAccess(tokens, restricted, path, headers));
//
// With tokens every RPC asks for one, reflection included. Only grpc.health.v1.Health is open to
// all, because the probes of Kubernetes and load balancers send no headers; a restricted group
// `health` closes it too.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace convoy::server {

// RPCs of `groups` may be called only with the header `name` of that value.
struct RestrictedGroups {
  std::vector<std::string> groups;
  std::string header;  // lower case, as HTTP/2 sends it
  std::string value;
};

using Header = std::pair<std::string_view, std::string_view>;

// The group of an RPC by its full path, "/package.Service/Method": health, metadata, inference,
// model-config, statistics, model-repository, shared-memory, trace, logging. What is unknown (and
// reflection) counts as metadata.
std::string_view GroupOf(std::string_view path);

// From "GROUP[,GROUP...]:KEY=VALUE", the form of Triton's --grpc-restricted-protocol; the header is
// "triton-grpc-protocol-KEY". INVALID_ARGUMENT shows the form or lists the groups.
absl::StatusOr<RestrictedGroups> ParseRestrictedGroups(std::string_view text);

// The tokens of a token file: one a line, blank lines and lines that begin with '#' left out.
// INVALID_ARGUMENT for one that is too short to be a secret, has other than printable characters,
// or for none at all. The message holds no token.
absl::StatusOr<std::vector<std::string>> ParseTokens(std::string_view text);

// UNAUTHENTICATED when what is asked for is missing, PERMISSION_DENIED when it is wrong. Any of
// `tokens` will do; without one none is asked. The time does not depend on how much of a secret is
// right.
absl::Status CheckAccess(std::span<const std::string> tokens,
                         std::span<const RestrictedGroups> restricted, std::string_view path,
                         std::span<const Header> headers);

}  // namespace convoy::server
