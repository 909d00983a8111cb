#include "cli/tune_run.h"

#include <cmath>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "cli/tune_search.h"
#include "cli/tune_settings.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

// The rest is for comparing the best candidate with the settings as they are.
constexpr double kShareOfSearch = 0.55;
constexpr int kRounds = 4;

void SayBatches(const TuneRecord& record) {
  for (const BatchTime& batch : record.batches) {
    Say(absl::StrFormat("  a batch of %d alone: %.3g ms, %s rows/s%s", batch.rows, batch.median_ms,
                        ShownNumber(1e3 * static_cast<double>(batch.rows) / batch.median_ms),
                        batch.fits ? "" : ": longer than the objective"));
  }
}

// The best candidate and the settings as they are, in turns.
absl::Status Compare(TuneSession& session, TuneRecord& record) {
  double before = record.search.start_rate;
  double after = record.search.rate;
  Say(absl::StrFormat("Comparing %s with %s, in turns:", ToString(record.search.best),
                      ToString(record.current)));
  for (int i = 0; i < kRounds; ++i) {
    const std::string name = absl::StrFormat("round %d", i + 1);
    TuneRound round;
    const auto run = [&](bool best) -> absl::Status {
      double& near = best ? after : before;
      CONVOY_ASSIGN_OR_RETURN(
          near, session.MeasureAgain(best ? record.search.best : record.current, near, name));
      (best ? round.after : round.before) = near;
      return absl::OkStatus();
    };
    CONVOY_RETURN_IF_ERROR(run(i % 2 == 1));
    CONVOY_RETURN_IF_ERROR(run(i % 2 == 0));
    record.rounds.push_back(round);
    Say(absl::StrFormat("=> %s: %s as it is, %s tuned", name, ShownRate(round.before),
                        ShownRate(round.after)));
  }
  return absl::OkStatus();
}

absl::Status OutOfReach(const TuneRecord& record) {
  if (!record.slo.has_value()) {
    return absl::FailedPreconditionError("No call of any candidate succeeds.");
  }
  const std::string none = absl::StrFormat("No candidate meets %s at any rate that was tried.",
                                           client::ToString(*record.slo));
  const TuneProbe* fastest = FastestProbe(record);
  if (fastest == nullptr || !std::isfinite(fastest->latency_ms)) {
    return absl::FailedPreconditionError(absl::StrFormat("%s Too many calls fail.", none));
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s The lowest p%g seen is %.4g ms, with %s at %s.", none, fastest->percent,
      fastest->latency_ms, ToString(fastest->settings), ShownRate(fastest->achieved)));
}

TuneRange RangeOf(const TuneFlags& flags, const compute::DeviceFacts& device,
                  const TuneRecord& record) {
  TuneRange range{.current = record.current,
                  .rows_per_call = flags.load.rows,
                  .largest_batch = flags.largest_batch,
                  .lanes = device.lanes,
                  .narrow_lanes = device.narrow_lanes,
                  .several_groups = record.several_groups,
                  .names = flags.settings};
  if (record.slo.has_value()) range.limit = record.slo->hardest().limit;
  return range;
}

// The settings as they are may take the whole budget, the candidates a share of it.
void Search(const TuneFlags& flags, const TuneRange& range, absl::Time start, TuneSession& session,
            TuneRecord& record) {
  session.SetDeadline(start + flags.budget);
  record.search = SearchSettings(
      {.start = record.current, .axes = MakeAxes(range)},
      [&](const TuneSettings& settings, double to_beat) -> absl::StatusOr<TuneMeasurement> {
        auto measured = session.Measure(settings, to_beat);
        session.SetDeadline(start + kShareOfSearch * flags.budget);
        if (measured.ok()) Say(TrialLine({settings, to_beat, *measured}, measured->rate > 0));
        return measured;
      });
  Say(record.search.why_ended);
}

}  // namespace

absl::Status RunTuning(const TuneFlags& flags, const compute::DeviceFacts& device,
                       TuneSession& session, TuneRecord& record) {
  const absl::Time start = absl::Now();
  CONVOY_RETURN_IF_ERROR(session.MeasureBatches());
  SayBatches(record);
  Search(flags, RangeOf(flags, device, record), start, session, record);
  const absl::Status& status = record.search.status;
  if (!status.ok() && !absl::IsDeadlineExceeded(status)) return status;
  if (record.search.trials.empty()) {
    return absl::DeadlineExceededError(absl::StrFormat(
        "--time-budget of %s is over before the settings as they are are measured; give more.",
        absl::FormatDuration(flags.budget)));
  }
  if (record.search.rate <= 0) return OutOfReach(record);
  session.SetDeadline(start + flags.budget);
  if (record.search.best == record.current || record.search.start_rate <= 0)
    return absl::OkStatus();
  const absl::Status compared = Compare(session, record);
  return absl::IsDeadlineExceeded(compared) ? absl::OkStatus() : compared;
}

}  // namespace convoy::cli
