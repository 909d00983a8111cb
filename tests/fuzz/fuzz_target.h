// What a fuzz target gives: libFuzzer calls it under the preset fuzz, replay.cc everywhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// Returns 0 for whatever it is given; a fault of the program ends the process.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace convoy::testing {

// What holds for every input. Ends the process where it does not, so that the fuzzer sees it.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace convoy::testing
