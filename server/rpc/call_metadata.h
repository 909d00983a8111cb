// What a call says of itself beside its messages: headers, by name, and its deadline.
#pragma once

#include <grpcpp/server_context.h>

#include <chrono>
#include <string>

#include "compute/base/clock.h"

namespace convoy::server {

inline constexpr char kTraceparent[] = "traceparent";  // W3C Trace Context
// Of a request whose message has no id; the reply's trailing metadata tell it again.
inline constexpr char kRequestId[] = "x-request-id";

// What a call tells of itself beside its messages.
struct CallHeaders {
  std::string traceparent, request_id;  // as the client sent them, or empty
  std::string peer;                     // "ipv4:10.0.0.7:51234", or empty
};

// The first value, or empty.
inline std::string MetadataOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(name);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

// An id that would not fit into the reply's metadata beside an error counts as none.
inline constexpr size_t kMaxRequestIdBytes = 256;

// The peer is put together at every call, so that it is asked for only where somebody wants to see
// it.
inline CallHeaders HeadersOf(const grpc::CallbackServerContext& context, bool with_peer) {
  CallHeaders headers{.traceparent = MetadataOf(context, kTraceparent),
                      .request_id = MetadataOf(context, kRequestId)};
  if (headers.request_id.size() > kMaxRequestIdBytes) headers.request_id.clear();
  if (with_peer) headers.peer = context.peer();
  return headers;
}

// The call's deadline on `clock`, whatever became of the host's.
inline absl::Time DeadlineOf(const grpc::CallbackServerContext& context,
                             const compute::Clock& clock) {
  const auto left = context.deadline() - std::chrono::system_clock::now();
  return clock.Now() + absl::FromChrono(left);
}

}  // namespace convoy::server
