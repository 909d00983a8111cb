#include "client/bench/clock.h"

#include <ctime>

namespace convoy::client {

absl::Duration SteadyNow() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::DurationFromTimespec(now);
}

}  // namespace convoy::client
