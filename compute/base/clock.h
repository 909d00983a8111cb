// Time as a dependency: everything that waits or stamps takes a Clock, so that tests run on a fake
// one.
#pragma once

#include <chrono>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace convoy::compute {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The time of day at its making, and from then on the steady clock's count: a host whose clock is
// set back or forth moves no deadline and ends or stops no waiting.
class SystemClock : public Clock {
 public:
  absl::Time Now() const override {
    return start_ + absl::FromChrono(std::chrono::steady_clock::now() - steady_start_);
  }

 private:
  const absl::Time start_ = absl::Now();
  const std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
};

}  // namespace convoy::compute
