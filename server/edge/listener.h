// What a caller has to show at the gRPC port.
//
//   ListenerSettings settings{.token_file = "tokens"};
//   CONVOY_ASSIGN_OR_RETURN(auto credentials, MakeCredentials(settings, clock));
//   builder.AddListeningPort(address, credentials, &port);
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "absl/status/statusor.h"
#include "compute/base/clock.h"
#include "server/edge/listener_settings.h"

namespace convoy::server {

// One point for every RPC of a port, health and reflection included: what CheckAccess refuses never
// reaches a service. Certificates and tokens are read again when their files change. `clock` must
// outlive the credentials. Errors as those of CheckCertificates and TokenFile; INVALID_ARGUMENT for
// settings that do not go together.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const ListenerSettings& settings, const compute::Clock& clock);

}  // namespace convoy::server
