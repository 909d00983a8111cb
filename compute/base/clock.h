// Time as a dependency: everything that waits or stamps takes a Clock, so that tests run on a fake
// one.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace convoy::compute {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace convoy::compute
