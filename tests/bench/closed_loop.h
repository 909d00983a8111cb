// A lean closed loop: so many calls of one prepared message are in flight all the time. It sends
// bytes and looks at no reply, so that it costs little beside the server that it asks.
//
//   const LoopResult result = RunClosedLoop(port, {.message = bytes, .in_flight = 32});
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace convoy::testing {

struct LoopSettings {
  std::string message;  // an inference.ModelInferRequest
  int in_flight = 32;
  int connections = 2;
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration length = absl::Seconds(5);
  int server_pid = 0;
};

// What was answered between the warm-up's end and the end.
struct LoopResult {
  int64_t calls = 0;
  int64_t failures = 0;
  std::string failure;                    // the first one's
  std::vector<absl::Duration> latencies;  // ascending
  absl::Duration elapsed;
  absl::Duration client_cpu, server_cpu;

  double CallsPerSecond() const {
    return static_cast<double>(calls) / absl::ToDoubleSeconds(elapsed);
  }
  absl::Duration Percentile(double percent) const;
};

LoopResult RunClosedLoop(int port, const LoopSettings& settings);

// Time that a process has had on cores so far, its ended threads included; zero where it cannot be
// read.
absl::Duration CpuTimeOf(int pid);
absl::Duration OwnCpuTime();

}  // namespace convoy::testing
