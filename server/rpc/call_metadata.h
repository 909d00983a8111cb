// The headers of a call, by name.
#pragma once

#include <grpcpp/server_context.h>

#include <string>

namespace convoy::server {

inline constexpr char kTraceparent[] = "traceparent";  // W3C Trace Context

// The first value, or empty.
inline std::string MetadataOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(name);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

}  // namespace convoy::server
