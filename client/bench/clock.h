// The clock of a load run: time since a fixed point that never jumps. Tests bring their own.
#pragma once

#include <functional>

#include "absl/time/time.h"

namespace convoy::client {

// Thread-safe.
using MonotonicClock = std::function<absl::Duration()>;

// CLOCK_MONOTONIC, so that what it says can be slept for.
absl::Duration SteadyNow();

}  // namespace convoy::client
