// What `convoy serve --print-config` prints: every setting, its value, and where that comes from.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/options.h"

namespace convoy::cli {

// `settings` and `triton` (by tritonserver's names) as the command line gave them. Errors as those
// of server::ResolveOptions, but there may be nothing to serve.
absl::StatusOr<std::string> RenderConfig(const std::vector<std::string>& paths,
                                         const server::GivenSettings& settings,
                                         const server::GivenSettings& triton,
                                         const server::EnvironmentReader& environment);

}  // namespace convoy::cli
