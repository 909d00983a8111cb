// Sorts the ends of calls into a LoadReport. Time comes in with each call, so that tests need no
// clock. Thread-safe.
//
//   Recorder recorder({.measure_from = absl::Seconds(1), .measure_until = absl::Seconds(11)});
//   recorder.Ended({due, sent, done}, {status});
//   LoadReport report = recorder.Finish();
//
// All times are those since the start of the run. Calls due outside of the measured time are
// ignored: warm-up hands over without a break.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/bench/load_report.h"

namespace convoy::client {

struct RecorderOptions {
  absl::Duration measure_from;
  absl::Duration measure_until = absl::InfiniteDuration();
  absl::Duration window = absl::Seconds(1);
  // A send past it is late: it says that the generator does not keep up.
  absl::Duration late_after = absl::Milliseconds(1);
};

struct CallTimes {
  absl::Duration due, sent, done;
};

struct CallOutcome {
  absl::Status status;
  bool held = false;                   // the cap of calls in flight kept it back
  std::optional<ServerTimes> server;   // where the server tells
  std::optional<bool> right, in_top5;  // where there is a label
};

// The last second, for people who watch.
struct LiveFigures {
  double seconds = 0;  // since the start
  bool warming_up = false;
  int64_t sent = 0, good = 0, failed = 0;  // measured, so far
  double calls_per_second = 0;             // good ones in the last closed window
  absl::Duration p50, p99;                 // response times in it
};

class Recorder {
 public:
  explicit Recorder(const RecorderOptions& options);

  void Ended(const CallTimes& times, const CallOutcome& outcome);
  void Unfinished(const CallTimes& times, bool held);  // `done` is when the run ended
  void Unsent(absl::Duration due, absl::Duration now, bool held);
  void NoteInFlight(absl::Duration now, int64_t calls);

  LiveFigures Live(absl::Duration now) const;

  // Good, late and all measured calls so far: what a search needs to stop early.
  struct Tally {
    int64_t calls = 0, failed = 0, above = 0;
  };
  Tally CountAbove(absl::Duration limit) const;

  LoadReport Finish();

 private:
  bool Measured(absl::Duration due) const;
  void Fail(const std::string& kind, std::string message);
  void CountSent(absl::Duration due, absl::Duration sent, bool held);
  void Span(absl::Duration sent, absl::Duration done);
  size_t IndexOf(absl::Duration time) const;
  void EnterWindow(absl::Duration done);
  void CloseWindow();

  const RecorderOptions options_;
  mutable std::mutex mutex_;
  LoadReport report_;
  absl::Duration first_sent_ = absl::InfiniteDuration();
  absl::Duration last_done_ = -absl::InfiniteDuration();
  // The window that is being filled.
  Histogram response_;
  Window window_;
  size_t window_index_ = 0;
  double batch_sum_ = 0;
  int64_t batches_ = 0;
  // By window; answers of a window may come long after it.
  std::vector<int64_t> sent_, in_flight_;
};

}  // namespace convoy::client
