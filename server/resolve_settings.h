// Where the value of each setting comes from (options.h): a flag, the environment, or its default.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/options.h"

namespace convoy::server {

// The values given for one setting, and what to call their origin: "--grpc-port",
// "CONVOY_GRPC_PORT", or nothing where neither is given.
struct Origin {
  std::vector<std::string> values;
  std::string name;
};

Origin FindOrigin(const Setting& setting, const GivenSettings& given,
                  const EnvironmentReader& environment);

// As ResolveOptions, but there may be nothing to serve.
absl::StatusOr<ServerOptions> ResolveSettings(const GivenSettings& given,
                                              const EnvironmentReader& environment);

}  // namespace convoy::server
