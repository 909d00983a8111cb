// The result of `convoy tune`: said on standard error, and written where it was asked for.
#pragma once

#include "absl/status/status.h"
#include "cli/tune_flags.h"
#include "cli/tune_report.h"
#include "cli/tune_session.h"
#include "compute/runtime/device.h"
#include "models/config/edit_config.h"

namespace convoy::cli {

// The verdict, each change, and what the user may not expect of them.
void SayResult(const TuneRecord& record, const models::EditedConfig& config);

// What of this machine the generator took from the server.
void SayGeneratorShare(const TuneRecord& record, const compute::DeviceFacts& device);

// The record's config to --output, with --write to the model's own, else to standard output unless
// the JSON goes there. An own config that needs no change is left as it is.
absl::Status WriteConfig(const TuneFlags& flags, const TuneTarget& target,
                         const TuneRecord& record);

}  // namespace convoy::cli
