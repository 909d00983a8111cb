// Asks the system whether a port can be bound, because gRPC only says that it could not.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace convoy::server {

// UNAVAILABLE says which port is taken, or why the address cannot be bound. Port 0 is always free.
absl::Status ProbePort(const std::string& host, int port);

}  // namespace convoy::server
