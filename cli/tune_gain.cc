#include "cli/tune_gain.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_format.h"

namespace convoy::cli {
namespace {

// Student's t at 97.5 % for 1, 2, ... degrees of freedom.
constexpr double kStudent[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262};

}  // namespace

TuneGain GainOf(std::span<const TuneRound> rounds) {
  const auto count = static_cast<double>(rounds.size());
  const bool empty = std::ranges::any_of(
      rounds, [](const TuneRound& round) { return round.before <= 0 || round.after <= 0; });
  constexpr double kUnknown = std::numeric_limits<double>::infinity();
  TuneGain gain{.interval = {-1, kUnknown}};
  if (rounds.empty() || empty) return gain;
  double mean = 0;
  for (const TuneRound& round : rounds) mean += std::log(round.after / round.before) / count;
  gain.change = std::expm1(mean);
  if (rounds.size() < kFewestRounds) return gain;
  double squares = 0;
  for (const TuneRound& round : rounds) {
    squares += std::pow(std::log(round.after / round.before) - mean, 2);
  }
  const double error = std::sqrt(squares / (count - 1) / count);
  const double half = kStudent[std::min(rounds.size() - 2, std::size(kStudent) - 1)] * error;
  gain.interval = {std::expm1(mean - half), std::expm1(mean + half)};
  gain.certain = gain.interval.low > 0;
  return gain;
}

std::string ToString(const TuneGain& gain) {
  if (std::isinf(gain.interval.high)) {
    return absl::StrFormat("%+.1f %% (too few rounds for an interval)", gain.change * 100);
  }
  return absl::StrFormat("%+.1f %% (95 %% interval %+.1f to %+.1f %%)", gain.change * 100,
                         gain.interval.low * 100, gain.interval.high * 100);
}

}  // namespace convoy::cli
