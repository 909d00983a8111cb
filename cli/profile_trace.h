// A profile as a page of Chrome's Trace Event Format, for ui.perfetto.dev and chrome://tracing.
#pragma once

#include <string>
#include <vector>

#include "cli/profile_report.h"
#include "cli/profile_run.h"

namespace convoy::cli {

// A row a batch size, each from time 0 on: the layers of the run of median length, one behind the
// other, in a bar of their sum. Layers are timed one by one, so gaps between them do not show.
std::string ProfileTrace(const ProfileSubject& subject, const std::vector<BatchProfile>& profiles);

}  // namespace convoy::cli
