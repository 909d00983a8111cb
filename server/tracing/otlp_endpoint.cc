#include "server/tracing/otlp_endpoint.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace convoy::server {

absl::StatusOr<std::string> ParseOtlpEndpoint(std::string_view text) {
  constexpr std::string_view kHttp = "http://";
  std::string_view rest = text;
  if (rest.starts_with(kHttp)) rest.remove_prefix(kHttp.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const size_t colon = rest.rfind(':');
  int port = 0;
  if (rest.find('/') != std::string_view::npos || colon == std::string_view::npos || colon == 0 ||
      !absl::SimpleAtoi(std::string(rest.substr(colon + 1)), &port) || port < 1 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is no collector's address: host:port or http://host:port, without TLS", text));
  }
  return std::string(rest);
}

}  // namespace convoy::server
