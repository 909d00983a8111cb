// A connection to a server, as gRPC has it: what the client and the load generator call over.
// Inside client/ only.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/client.h"

namespace convoy::client {

// A deadline below one week keeps arithmetic on the wire's timeout header in range.
inline constexpr absl::Duration kLongestCall = absl::Hours(24 * 7);

// Each channel is a connection of its own. `url` as ParseUrl takes it. UNAVAILABLE when no server
// answers there in time.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(std::string_view url,
                                                           const ConnectOptions& options);

absl::Status FromGrpc(const grpc::Status& status);

}  // namespace convoy::client
