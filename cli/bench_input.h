// What `convoy bench` sends, from its flags, its files and what the server says of the model.
#pragma once

#include "absl/status/statusor.h"
#include "cli/bench_flags.h"
#include "client/bench/workload.h"
#include "client/client.h"

namespace convoy::cli {

// INVALID_ARGUMENT, FAILED_PRECONDITION and NOT_FOUND say which flag, file or shape is wrong; of a
// model that the server lacks the server's own error comes back.
absl::StatusOr<client::Workload> MakeWorkload(const BenchFlags& flags, client::Client& client);

// Whether a flag says what to send; `why` tells what is missing where not.
bool SaysWhatToSend(const BenchFlags& flags, std::string* why);

}  // namespace convoy::cli
