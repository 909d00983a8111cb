// What comes of a search for settings: the best candidate where its gain is certain, else the
// settings as they are. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/tune_flags.h"
#include "cli/tune_report.h"

namespace convoy::cli {

// Sets gain, result, rate and verdict by the search and the rounds in the record. The search has
// found a rate.
void Decide(TuneRecord& record);

// What the config that is written says of itself: the objective, the rate, the gain, the machine.
std::vector<std::string> CommentsOf(const TuneRecord& record, const TuneFlags& flags);

}  // namespace convoy::cli
