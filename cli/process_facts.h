// What the operating system knows of this process.
#pragma once

#include <cstdint>
#include <string>

namespace convoy::cli {

// The most memory that this process has held at once, shared libraries included; 0 where /proc
// does not tell.
int64_t PeakResidentBytes();

// Since the process was started, to a hundredth of a second; an exec on the way counts. 0 where
// /proc does not tell.
double MillisecondsSinceStart();

// What this process was called with, words joined by spaces; empty where /proc does not tell.
std::string CommandLine();

}  // namespace convoy::cli
