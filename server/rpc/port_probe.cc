#include "server/rpc/port_probe.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "compute/base/status.h"

namespace convoy::server {
namespace {

absl::Status BindOnce(const addrinfo& address, const std::string& host, int port) {
  const int fd = socket(address.ai_family, address.ai_socktype, address.ai_protocol);
  if (fd < 0) {
    return absl::UnavailableError(
        absl::StrFormat("No socket can be opened for %s: %s", host, std::strerror(errno)));
  }
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));  // as gRPC does: TIME_WAIT is free
  const bool bound = bind(fd, address.ai_addr, address.ai_addrlen) == 0;
  const bool free = bound && listen(fd, 1) == 0;
  const int error = errno;
  close(fd);
  if (free) return absl::OkStatus();
  return absl::UnavailableError(absl::StrFormat(
      "Port %d for gRPC cannot be bound on %s: %s; stop what holds it or choose another with "
      "--grpc-port",
      port, host, std::strerror(error)));
}

}  // namespace

absl::Status ProbePort(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), absl::StrFormat("%d", port).c_str(), &hints, &found);
  if (error != 0) {
    return absl::UnavailableError(absl::StrFormat(
        "The address '%s' to listen on does not resolve: %s", host, gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  return BindOnce(*found, host, port);
}

}  // namespace convoy::server
