// Finds the highest rate that meets a service level objective, in few probes. Pure: the probe is a
// function, so that tests search on a simulated queue.
//
// It begins at a guess below the capacity that a closed loop has shown, widens by growing steps
// until one rate has passed and one has failed, and halves the distance (in the logarithm) down to
// the precision. The answer is then confirmed by longer probes; each that fails takes it down a
// little.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::client {

struct SearchOptions {
  double start = 0;         // calls a second of the first probe
  double first_step = 1.3;  // of the widening; each step after it is larger by this factor
  double precision = 0.02;  // of the answer
  int most_probes = 15;     // confirming ones included
  int confirmations = 1;    // longer probes that must pass at the answer
  double lowest = 0.1;      // below this rate the objective counts as out of reach
};

struct ProbeRequest {
  double rate = 0;
  bool confirm = false;  // run for the longer time
};

enum class ProbeVerdict {
  kPassed,
  kFailed,
  kInvalid,  // the generator was the limit: nothing above can be tried
};

struct SearchResult {
  struct Step {
    ProbeRequest request;
    ProbeVerdict verdict = ProbeVerdict::kFailed;
  };
  double rate = 0;         // 0: no probe has passed
  bool confirmed = false;  // by as many confirmations as asked
  std::vector<Step> steps;
  std::string why_ended;  // a sentence
};

using Probe = std::function<absl::StatusOr<ProbeVerdict>(const ProbeRequest&)>;

// An error of the probe ends the search with it.
absl::StatusOr<SearchResult> SearchHighestRate(const SearchOptions& options, const Probe& probe);

}  // namespace convoy::client
