// A clock that stands still until a test moves it. Thread-safe.
#pragma once

#include <mutex>

#include "absl/time/time.h"
#include "compute/base/clock.h"

namespace convoy::testing {

class FakeClock : public compute::Clock {
 public:
  absl::Time Now() const override {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }

 private:
  mutable std::mutex mutex_;  // guards what follows
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

}  // namespace convoy::testing
