// A log line with named values, for lines that programs read: `msg key=value ...` as text, members
// beside "msg" as JSON. Thread-safe.
//
//   LogFields(LogLevel::kInfo, "request", {{"model", "lenet5"}, {"total_us", int64_t{1520}}});
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compute/base/log.h"

namespace convoy::compute {

using LogValue = std::variant<std::string, int64_t>;
using LogFieldList = std::vector<std::pair<std::string_view, LogValue>>;

// Texts may be anything: they are cut and escaped. Keys are words of the program.
void LogFields(LogLevel level, std::string_view message, const LogFieldList& fields);

}  // namespace convoy::compute
