// A BenchRecord as JSON, and the way back as far as a comparison needs it. The schema is described
// in docs/load-testing.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/bench/bench_record.h"
#include "client/bench/compare.h"

namespace convoy::client {

inline constexpr int kSchemaVersion = 2;

nlohmann::ordered_json ToJson(const BenchRecord& bench);

// Indented text; bytes that are no UTF-8 are replaced.
std::string ToJsonText(const BenchRecord& bench);

// INVALID_ARGUMENT says what is missing. Of a file with several runs the answer is taken.
absl::StatusOr<ComparedRun> ParseReport(std::string_view text);

}  // namespace convoy::client
