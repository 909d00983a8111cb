// A profile as one HTML page that needs nothing else: light or dark as the reader's system, wide or
// narrow as the window. Pure. Names of models and layers come from files that nobody vouches for;
// here they are text, whatever they hold.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/profile_report.h"
#include "cli/profile_run.h"

namespace convoy::cli {

// `machine`: name and value of what else is known of it (HostFacts).
std::string ProfileHtml(const ProfileSubject& subject, const std::vector<BatchProfile>& profiles,
                        const std::vector<std::pair<std::string, std::string>>& machine);

}  // namespace convoy::cli
