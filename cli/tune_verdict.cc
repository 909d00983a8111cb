#include "cli/tune_verdict.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "cli/tune_gain.h"
#include "compute/runtime/step_times.h"

namespace convoy::cli {
namespace {

double MedianOfRounds(const TuneRecord& record, double TuneRound::*side) {
  std::vector<double> rates;
  for (const TuneRound& round : record.rounds) rates.push_back(round.*side);
  return compute::MedianOf(std::move(rates));
}

void KeepCurrent(TuneRecord& record, const std::string& why) {
  record.result = record.current;
  record.rate =
      record.rounds.empty() ? record.search.start_rate : MedianOfRounds(record, &TuneRound::before);
  record.verdict =
      absl::StrFormat("%s. The settings stay as they are: %s.", why, ToString(record.current));
}

}  // namespace

void Decide(TuneRecord& record) {
  const TuneSearchResult& search = record.search;
  record.gain = GainOf(record.rounds);
  if (search.best == record.current) {
    KeepCurrent(record, "No candidate serves a higher rate");
  } else if (search.start_rate <= 0) {
    record.result = search.best;
    record.rate = search.rate;
    record.verdict = absl::StrFormat(
        "The settings as they are (%s) meet the objective at no rate that was tried; with %s the "
        "model serves %s.",
        ToString(record.current), ToString(search.best), ShownRate(search.rate));
  } else if (record.gain.certain) {
    record.result = search.best;
    record.rate = MedianOfRounds(record, &TuneRound::after);
    record.verdict =
        absl::StrFormat("%s serves %s, %s against %s.", ToString(search.best),
                        ShownRate(record.rate), ToString(record.gain), ToString(record.current));
  } else if (record.rounds.size() < kFewestRounds) {
    KeepCurrent(record, absl::StrFormat("%s looked better, but there was no time to confirm it in "
                                        "%d rounds",
                                        ToString(search.best), kFewestRounds));
  } else {
    KeepCurrent(record, absl::StrFormat("%s looked better, but in turns its gain is within noise: "
                                        "%s",
                                        ToString(search.best), ToString(record.gain)));
  }
}

std::vector<std::string> CommentsOf(const TuneRecord& record, const TuneFlags& flags) {
  std::vector<std::string> comments;
  comments.push_back(
      absl::StrFormat("%s, %d row%s a call: %s",
                      record.slo.has_value() ? client::ToString(*record.slo)
                                             : absl::StrFormat("%d callers", flags.callers),
                      flags.load.rows, flags.load.rows == 1 ? "" : "s", ShownRate(record.rate)));
  if (record.result != record.current && record.gain.certain) {
    comments.push_back(
        absl::StrFormat("%s against %s", ToString(record.gain), ToString(record.current)));
  }
  comments.push_back(
      absl::StrFormat("on %s; the load generator ran on the same machine", record.device));
  return comments;
}

}  // namespace convoy::cli
