// absl::Status to grpc::Status: the codes are the same 17, the text is kept short enough for gRPC's
// metadata and fit for a protobuf string. Pure.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace convoy::server {

// gRPC carries a status in HTTP/2 headers, spends up to three bytes a byte of text, and takes 8 KiB
// of headers in all by default; what overflows reaches the client as a broken stream.
inline constexpr size_t kMaxStatusMessageBytes = 2048;

grpc::Status ToGrpcStatus(const absl::Status& status);

// `text` cut, which it says, behind kMaxStatusMessageBytes at the border of a character; bytes that
// are no UTF-8, which a protobuf string may not hold, become '?'.
std::string ClientText(std::string_view text);

}  // namespace convoy::server
