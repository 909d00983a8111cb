#include "cli/tune_probes.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "cli/bench_input.h"
#include "cli/bench_load.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::ProbeRequest;
using client::ProbeVerdict;
using client::RunRecord;
using client::SearchResult;

constexpr absl::Duration kBatchTime = absl::Milliseconds(400);
constexpr int64_t kFewestBatches = 3;
// A neighbour's moment on the machine must not decide: a rate is missed when so many probes in a
// row miss it.
constexpr int kMisses = 2;
constexpr absl::Duration kWarmUp = absl::Milliseconds(500);
constexpr int kConnections = 4;

// So many calls hold one that is slower than the percentile of the objective.
double CallsForOneAbove(const client::Slo& slo) { return 100 / (100 - slo.hardest().percent); }

}  // namespace

TuneProbes::TuneProbes(const TuneFlags& flags, const std::string& model, TuneServer& server,
                       TuneRecord& record)
    : load_(flags.load),
      callers_(flags.callers),
      server_(server),
      record_(record),
      start_(absl::Now()) {
  load_.server.url = server.url();
  load_.model = model;
  load_.version = flags.model.version;
  load_.quiet = true;
  load_.warm_up = std::min(kWarmUp, load_.probe_time / 4);
  load_.find_max_rate = !load_.slo.empty();  // its arrivals are Poisson's
  const bool told = !load_.images.empty() || !load_.npy.empty() || load_.zero;
  load_.random = load_.random || !told;
}

absl::StatusOr<std::unique_ptr<TuneProbes>> TuneProbes::Create(const TuneFlags& flags,
                                                               const std::string& model,
                                                               TuneServer& server,
                                                               TuneRecord& record) {
  std::unique_ptr<TuneProbes> probes(new TuneProbes(flags, model, server, record));
  CONVOY_ASSIGN_OR_RETURN(probes->workload_, MakeWorkload(probes->load_, server.client()));
  CONVOY_ASSIGN_OR_RETURN(probes->bench_, BenchSession::Create(probes->load_, server.client(),
                                                               *probes->workload_, kConnections));
  CONVOY_RETURN_IF_ERROR(probes->bench_->TryOnce());
  return probes;
}

absl::Status TuneProbes::MayGoOn() const {
  CONVOY_RETURN_IF_ERROR(CheckInterrupt());
  if (absl::Now() < deadline_) return absl::OkStatus();
  return absl::DeadlineExceededError("The time is over.");
}

void TuneProbes::Note(const TuneSettings& settings, const std::string& purpose,
                      const RunRecord& run) {
  record_.probes.push_back(ProbeOf(settings, purpose, run, record_.slo));
  Say(ProbeLine(record_.probes.back(), absl::ToDoubleSeconds(absl::Now() - start_)));
}

absl::Status TuneProbes::MeasureBatches(int64_t largest) {
  for (int64_t rows = 1; rows <= largest; rows *= 2) {
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    CONVOY_RETURN_IF_ERROR(MeasureBatch(rows));
    if (!record_.batches.back().fits) break;
  }
  return absl::OkStatus();
}

absl::Status TuneProbes::MeasureBatch(int64_t rows) {
  BenchFlags flags = load_;
  flags.rows = rows;
  flags.warm_up = kBatchTime / 4;
  CONVOY_ASSIGN_OR_RETURN(const client::Workload workload, MakeWorkload(flags, server_.client()));
  CONVOY_ASSIGN_OR_RETURN(const auto bench,
                          BenchSession::Create(flags, server_.client(), workload, 1));
  RunRecord run = bench->Run(PlanClosedLoop(flags, 1, kBatchTime));
  if (run.report.good < kFewestBatches) {
    flags.calls = kFewestBatches;
    run = bench->Run(PlanClosedLoop(flags, 1, absl::Hours(1)));
  }
  if (run.report.good == 0) {
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    return server_.Explain(
        absl::UnavailableError(absl::StrFormat("No call of %d rows is answered.", rows)));
  }
  const absl::Duration median = run.report.response.Percentile(50);
  const bool fits = !record_.slo.has_value() || median <= record_.slo->hardest().limit;
  record_.batches.push_back({rows, absl::ToDoubleMilliseconds(median), fits});
  return absl::OkStatus();
}

double TuneProbes::LowestRate() const {
  return CallsForOneAbove(*record_.slo) / absl::ToDoubleSeconds(load_.probe_time);
}

void TuneProbes::LengthenFor(double capacity) {
  const absl::Duration needed = absl::Seconds(CallsForOneAbove(*record_.slo) / (capacity / 2));
  if (needed <= load_.probe_time) return;
  load_.probe_time = needed;
  Say(absl::StrFormat(
      "Probes last %.1f s each: p%g of so slow a model takes as long. A lower percentile needs "
      "fewer calls.",
      absl::ToDoubleSeconds(needed), record_.slo->hardest().percent));
}

absl::StatusOr<double> TuneProbes::RunClosed(const TuneSettings& settings,
                                             const std::string& purpose) {
  RunRecord run = bench_->Run(PlanClosedLoop(load_, callers_, load_.probe_time));
  if (record_.slo.has_value()) run.goals = client::Evaluate(*record_.slo, run.report);
  Note(settings, purpose, run);
  CONVOY_RETURN_IF_ERROR(MayGoOn());
  return run.report.CallsPerSecond();
}

absl::StatusOr<ProbeVerdict> TuneProbes::ProbeAt(const TuneSettings& settings,
                                                 const ProbeRequest& request,
                                                 const std::string& purpose) {
  client::BenchRecord probes;
  absl::StatusOr<ProbeVerdict> verdict = ProbeVerdict::kFailed;
  for (int i = 0; i < kMisses && verdict.ok() && *verdict != ProbeVerdict::kPassed; ++i) {
    CONVOY_RETURN_IF_ERROR(MayGoOn());
    verdict = bench_->RunProbe({.rate = request.rate}, *record_.slo, probes);
    if (probes.runs.empty()) break;
    Note(settings, request.confirm ? "confirmation" : purpose, probes.runs.back());
  }
  if (server_.ended()) return server_.Explain(absl::UnavailableError("The server has ended."));
  return verdict;
}

absl::StatusOr<SearchResult> TuneProbes::Search(const TuneSettings& settings,
                                                const client::SearchOptions& options,
                                                const std::string& purpose) {
  double passed = 0;
  auto found = client::SearchHighestRate(
      options, [&](const ProbeRequest& request) -> absl::StatusOr<ProbeVerdict> {
        auto verdict = ProbeAt(settings, request, purpose);
        if (verdict.ok() && *verdict == ProbeVerdict::kPassed) {
          passed = std::max(passed, request.rate);
        }
        return verdict;
      });
  if (!absl::IsDeadlineExceeded(found.status()) || passed < options.lowest) return found;
  return SearchResult{.rate = passed, .why_ended = "The time was over."};
}

}  // namespace convoy::cli
