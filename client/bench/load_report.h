// What a load run saw. Plain data, filled by the Recorder and the generator.
//
// Three views of the same calls:
//   response  from when a call was due to its answer: what a caller who did not wait for others saw
//   service   from when it was sent to its answer
//   lag       from when it was due to when it was sent
// In a closed loop a call is due when it is sent.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/bench/histogram.h"
#include "client/bench/stage_table.h"

namespace convoy::client {

// Calls of one kind of failure, with the text of the first.
struct CallErrors {
  int64_t count = 0;
  std::string first_message;
};

// A stretch of the measured time.
struct Window {
  absl::Duration start;  // since the measured time began
  int64_t sent = 0;      // calls that were sent in it
  int64_t good = 0;      // and those whose answers came in it
  int64_t failed = 0;
  int64_t in_flight = 0;  // at its end
  double batch_size = 0;  // mean, where the server tells
  absl::Duration p50, p99;
  std::vector<HistogramBucket> response;  // to 1.6 %
};

// What the tool itself cost.
struct GeneratorUse {
  double cores = 0;           // processor time over elapsed time
  double allowed_cores = 1;   // that it may run on
  double busiest_thread = 0;  // share of the time that the busiest of its threads ran
};

struct LoadReport {
  Histogram response, service;  // good calls
  Histogram attempts;           // response times of all: failed, unfinished and unsent at their age
  Histogram lag;                // of sent calls that the cap did not hold back
  std::map<std::string, CallErrors> errors;  // by the code's name, UNFINISHED or UNSENT
  int64_t good = 0, failed = 0;              // measured calls; failed with unfinished and unsent
  int64_t sent = 0;                          // measured calls that were sent
  int64_t sent_in_time = 0;                  // before its end, and not held back
  int64_t late = 0;                          // sent past the limit of lateness, or not at all
  int64_t held = 0;                          // the same because of the cap of calls in flight
  int64_t unfinished = 0, unsent = 0;        // without an answer when the drain ended; never sent
  absl::Duration elapsed;                    // first measured send to last measured end
  absl::Duration measured;                   // the part of the plan that is measured
  std::vector<Window> windows;
  StageTable stages;                  // empty where the server does not tell
  int64_t judged = 0;                 // answers that were compared with a label
  int64_t right = 0, among_top5 = 0;  // and how many had it first, or among the first five
  GeneratorUse generator;
  bool interrupted = false;
  bool gave_up = false;  // calls failed without end

  int64_t calls() const { return good + failed; }
  double CallsPerSecond() const;  // good ones
  double SentPerSecond() const;
  double ErrorRate() const;  // 0..1; 1 without any call
};

}  // namespace convoy::client
