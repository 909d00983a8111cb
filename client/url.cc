#include "client/url.h"

#include <charconv>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

constexpr std::string_view kScheme = "grpc://";
constexpr int kMaxPort = 65535;

absl::Status Malformed(std::string_view url, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrFormat("The URL '%s' %s; it has the form HOST:PORT, [IPV6]:PORT or unix:PATH, for "
                      "example localhost:%d.",
                      url.substr(0, 256), why, kDefaultPort));
}

bool IsPort(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= kMaxPort;
}

}  // namespace

absl::StatusOr<std::string> ParseUrl(std::string_view url) {
  std::string_view rest = url;
  if (rest.starts_with("unix:")) {
    if (rest.size() == std::string_view("unix:").size()) return Malformed(url, "names no path");
    return std::string(rest);
  }
  if (rest.starts_with(kScheme)) rest.remove_prefix(kScheme.size());
  if (rest.find("://") != std::string_view::npos) return Malformed(url, "is not a gRPC address");
  if (rest.find_first_of("/ \t\n") != std::string_view::npos) {
    return Malformed(url, "holds a character that no host name has");
  }
  // The port follows the last colon, unless that colon is inside the brackets of an IPv6 address.
  const size_t bracket = rest.rfind(']');
  const size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = rest.substr(0, colon);
  if (host.empty()) return Malformed(url, "names no host");
  if ((host.front() == '[') != (host.back() == ']')) return Malformed(url, "has one bracket");
  if (colon == std::string_view::npos) return absl::StrFormat("%s:%d", host, kDefaultPort);
  if (!IsPort(rest.substr(colon + 1))) {
    return Malformed(url, absl::StrFormat("has no port between 1 and %d", kMaxPort));
  }
  return std::string(rest);
}

}  // namespace convoy::client
