// Decides when an open loop sends: on time whether or not answers come, up to a cap of calls in
// flight. Pure; the generator and the tests' simulation carry it out.
//
//   OpenLoop loop(arrivals, {.max_in_flight = 100});
//   switch (loop.Decide(now, in_flight).what) ...
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "client/bench/arrivals.h"

namespace convoy::client {

struct OpenLoopOptions {
  int64_t max_in_flight = 10'000;
  int64_t calls = 0;          // no more than so many; 0: as many as the plan has
  absl::Duration count_from;  // of those that are due from then on
};

class OpenLoop {
 public:
  enum class Action {
    kSend,  // now; the call was due at `at`
    kWait,  // until `at`
    kHeld,  // a call is due, but the cap is reached: ask again when one has ended
    kOver,  // nothing is left to send
  };
  struct Decision {
    Action what = Action::kOver;
    absl::Duration at;
    bool held = false;  // kSend: the cap kept it back
  };

  OpenLoop(Arrivals arrivals, const OpenLoopOptions& options);

  // Times are those since the start of the plan. kSend counts as sent.
  Decision Decide(absl::Duration now, int64_t in_flight);

  // One by one the calls that were due before `now` and have not been sent; then nullopt. Ends the
  // plan.
  std::optional<absl::Duration> TakeUnsent(absl::Duration now);

 private:
  void Advance();

  Arrivals arrivals_;
  const OpenLoopOptions options_;
  std::optional<absl::Duration> due_;
  int64_t planned_ = 0;
  bool held_ = false;
};

}  // namespace convoy::client
