// A BenchRecord for people at a terminal, and the line that tells them how a run goes. Pure.
#pragma once

#include <string>

#include "client/bench/bench_record.h"
#include "client/bench/recorder.h"

namespace convoy::client {

std::string ToText(const BenchRecord& bench);

// "12 s  200.1 calls/s  p50 3.12 ms  p99 8.20 ms  4 in flight  0 failed"
std::string ProgressLine(const LiveFigures& live, int64_t in_flight);

// perf_analyzer's CSV: its header, whole microseconds. Client Send and Client Recv are part of the
// network here and stay 0.
std::string ToCsv(const BenchRecord& bench);

}  // namespace convoy::client
