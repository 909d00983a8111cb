// How much better one configuration is than another, and whether that is more than noise. Pure.
#pragma once

#include <span>
#include <string>

#include "client/bench/confidence.h"

namespace convoy::cli {

// The rates that both reached in one round, one after the other.
struct TuneRound {
  double before = 0;
  double after = 0;
};

struct TuneGain {
  double change = 0;          // (after - before) / before, the geometric mean of the rounds
  client::Interval interval;  // 95 % of it
  bool certain = false;       // the interval lies above 0
};

// Fewer show no spread to speak of.
inline constexpr size_t kFewestRounds = 3;

// Student's interval of the mean of the logarithms of the rounds' ratios: rounds are compared as
// pairs, since the machine's speed drifts from one to the next. Never certain with fewer than
// kFewestRounds rounds, or where a rate is 0.
TuneGain GainOf(std::span<const TuneRound> rounds);

std::string ToString(const TuneGain& gain);  // "+12.1 % (95 % interval +5.0 to +19.7 %)"

}  // namespace convoy::cli
