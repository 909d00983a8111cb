// A BenchRecord as one page that needs nothing else: plots as SVG, tables, and the JSON report
// inside. Light or dark as the reader's system is.
#pragma once

#include <string>

#include "client/bench/bench_record.h"

namespace convoy::client {

std::string ToHtml(const BenchRecord& bench);

}  // namespace convoy::client
