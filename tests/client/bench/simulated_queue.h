// An open loop against one server in simulated time: calls queue, one is served at a time.
#pragma once

#include <functional>
#include <queue>
#include <vector>

#include "client/bench/open_loop.h"
#include "client/bench/recorder.h"

namespace convoy::client {

// When a call that could begin at `start` is done.
using ServeCall = std::function<absl::Duration(absl::Duration start)>;

struct SimulatedRun {
  OpenLoopOptions pacing;
  RecorderOptions recording;
  ServeCall serve;
};

// Runs the whole plan and waits for every answer.
inline LoadReport Simulate(Arrivals arrivals, const SimulatedRun& run) {
  OpenLoop loop(std::move(arrivals), run.pacing);
  Recorder recorder(run.recording);
  struct InFlight {
    CallTimes times;
    bool held = false;
    bool operator<(const InFlight& other) const { return times.done > other.times.done; }
  };
  std::priority_queue<InFlight> calls;
  absl::Duration now;
  absl::Duration free_at;
  const auto end_first = [&] {
    now = std::max(now, calls.top().times.done);
    recorder.Ended(calls.top().times, {.held = calls.top().held});
    calls.pop();
  };
  while (true) {
    while (!calls.empty() && calls.top().times.done <= now) end_first();
    const OpenLoop::Decision decision = loop.Decide(now, static_cast<int64_t>(calls.size()));
    if (decision.what == OpenLoop::Action::kOver) break;
    if (decision.what == OpenLoop::Action::kSend) {
      free_at = run.serve(std::max(now, free_at));
      calls.push({{decision.at, now, free_at}, decision.held});
    } else if (decision.what == OpenLoop::Action::kHeld ||
               (!calls.empty() && calls.top().times.done < decision.at)) {
      end_first();
    } else {
      now = decision.at;
    }
  }
  while (!calls.empty()) end_first();
  return recorder.Finish();
}

// Every call takes `service`.
inline ServeCall Always(absl::Duration service) {
  return [service](absl::Duration start) { return start + service; };
}

// The same, but no call begins in the first `stall` of every `period`, the first period excepted.
inline ServeCall Stalling(absl::Duration service, absl::Duration stall, absl::Duration period) {
  return [=](absl::Duration start) {
    const absl::Duration into = start % period;
    const bool stalled = start >= period && into < stall;
    return (stalled ? start - into + stall : start) + service;
  };
}

}  // namespace convoy::client
