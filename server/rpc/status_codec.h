// absl::Status to grpc::Status: the codes are the same 17, the text is kept short enough for gRPC's
// metadata limit.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace convoy::server {

// gRPC carries a status in HTTP/2 headers of 16 KiB in all and spends up to three bytes a
// character; what overflows reaches the client as a broken stream.
inline constexpr size_t kMaxStatusMessageBytes = 2048;

grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace convoy::server
