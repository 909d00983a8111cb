#include "cli/bench_session.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/bench/early_stopping.h"
#include "client/bench/report_text.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::BenchRecord;
using client::LoadReport;
using client::ProbeVerdict;
using client::RunRecord;
using client::Slo;

// Callers of the closed loop that shows about how much the server gives.
constexpr int64_t kCapacityCallers = 32;
constexpr absl::Duration kCapacityTime = absl::Seconds(3);

// The search begins here: below it most servers keep their objective.
constexpr double kFirstShare = 0.7;

// A probe that passes runs at least so long: a queue that grows slowly shows only then.
constexpr double kLeastShareOfProbe = 0.5;
constexpr int64_t kFewestForMiss = 100;

// A progress line on a terminal is renewed each second, elsewhere told every ten.
constexpr int kSecondsBetweenLines = 10;

std::atomic<bool> stop_requested = false;
std::atomic<int> stop_signal = 0;

// Ends a probe as soon as the binomial table decides it.
std::function<bool(const client::Recorder&, int64_t)> EnoughFor(const Slo& slo, double rate,
                                                                absl::Duration time,
                                                                int64_t max_in_flight) {
  const client::LatencyGoal goal = slo.hardest();
  const double share = goal.percent / 100;
  const double in_time = rate * absl::ToDoubleSeconds(goal.limit);
  const double least = rate * absl::ToDoubleSeconds(time) * kLeastShareOfProbe;
  return [=](const client::Recorder& recorder, int64_t in_flight) {
    const client::Recorder::Tally tally = recorder.CountAbove(goal.limit);
    if (tally.calls == 0) return false;  // warming up
    if (in_flight >= max_in_flight) return true;
    // More calls in flight than can be in time: what is too much is late already.
    const auto waiting =
        static_cast<int64_t>(std::max(0.0, static_cast<double>(in_flight) - 1.5 * in_time - 10));
    const int64_t calls = tally.calls + waiting;
    const client::Decision decision =
        client::DecidePercentile(share, calls, tally.failed + tally.above + waiting);
    if (decision == client::Decision::kMissed) return calls >= kFewestForMiss;
    return decision == client::Decision::kMet && static_cast<double>(calls) >= least;
  };
}

}  // namespace

int BenchSignal() { return stop_signal; }

void CatchBenchSignals() {
  for (const int signal : {SIGINT, SIGTERM}) {
    std::signal(signal, [](int number) {
      stop_requested = true;
      stop_signal = number;
      std::signal(number, SIG_DFL);
    });
  }
}

BenchSession::BenchSession(const BenchFlags& flags, client::Client& client,
                           const client::Workload& workload,
                           std::unique_ptr<client::Generator> generator)
    : flags_(flags), client_(client), workload_(workload), generator_(std::move(generator)) {}

absl::StatusOr<std::unique_ptr<BenchSession>> BenchSession::Create(const BenchFlags& flags,
                                                                   client::Client& client,
                                                                   const client::Workload& workload,
                                                                   int connections) {
  client::GeneratorOptions options{.connections = connections, .threads = flags.threads};
  for (const std::string& header : flags.metadata) {
    const size_t colon = header.find(':');
    options.metadata.emplace_back(header.substr(0, colon),
                                  colon == std::string::npos ? "" : header.substr(colon + 1));
  }
  CONVOY_ASSIGN_OR_RETURN(options.connect, ConnectOptionsOf(flags.server));
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<client::Generator> generator,
                          client::Generator::Connect(flags.server.url, options));
  return std::unique_ptr<BenchSession>(
      new BenchSession(flags, client, workload, std::move(generator)));
}

bool BenchSession::interrupted() const { return stop_requested; }

absl::Status BenchSession::TryOnce() {
  const client::LoadPlan plan{.concurrency = 1,
                              .duration = absl::Hours(1),
                              .calls = 1,
                              .timeout = flags_.timeout,
                              .drain = flags_.timeout};
  const LoadReport report = generator_->Run(workload_, plan);
  if (report.good > 0) return absl::OkStatus();
  for (const auto& [code, error] : report.errors) {
    for (int i = 1; i <= 16; ++i) {
      const auto candidate = static_cast<absl::StatusCode>(i);
      if (absl::StatusCodeToString(candidate) != code) continue;
      return absl::Status(candidate, error.first_message);
    }
  }
  return absl::UnavailableError("The server does not answer the first call.");
}

std::optional<client::ModelCounters> BenchSession::Count() {
  if (!counts_) return std::nullopt;
  const absl::StatusOr<client::ModelCounters> counters =
      client_.CountModel(flags_.model, flags_.version, {.timeout = absl::Seconds(5)});
  counts_ = counters.ok();
  return counts_ ? std::optional(*counters) : std::nullopt;
}

void BenchSession::ShowProgress(const std::string& line) {
  if (flags_.quiet) return;
  ++seconds_;
  if (isatty(STDERR_FILENO) != 0) {
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    shown_ = true;
  } else if (seconds_ % kSecondsBetweenLines == 0) {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

void BenchSession::EndProgress() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

RunRecord BenchSession::Run(PlannedRun planned) {
  RunRecord record{.load = planned.shape};
  client::LoadPlan& plan = planned.plan;
  plan.stop = &stop_requested;
  plan.progress = [this, &planned](const client::LiveFigures& live, int64_t in_flight) {
    const std::string name = planned.shape.name.empty() ? "" : planned.shape.name + "  ";
    ShowProgress(name + client::ShortName(planned.shape) + "  " +
                 client::ProgressLine(live, in_flight));
  };
  if (flags_.warm_up_calls > 0) {
    client::LoadPlan warm = plan;
    warm.calls = flags_.warm_up_calls;
    warm.warm_up = absl::ZeroDuration();
    (void)generator_->Run(workload_, warm);
  }
  const std::optional<client::ModelCounters> before = Count();
  record.report = generator_->Run(workload_, plan);
  const std::optional<client::ModelCounters> after = Count();
  EndProgress();
  if (before.has_value() && after.has_value()) {
    record.server = client::Difference(*after, *before);
  }
  record.verdict =
      client::JudgeRun(record.report, {.open_loop = planned.shape.open_loop,
                                       .late_after = plan.late_after,
                                       .unsteady_above = flags_.stability_percent / 100});
  return record;
}

absl::StatusOr<double> BenchSession::FirstRate(const Slo& slo, BenchRecord& record) {
  if (!flags_.rates.empty()) {
    CONVOY_ASSIGN_OR_RETURN(const PlannedRun run,
                            PlanOpenLoop(flags_, flags_.rates[0], flags_.probe_time));
    return run.shape.rate;
  }
  PlannedRun closed = PlanClosedLoop(flags_, kCapacityCallers, kCapacityTime);
  closed.shape.name = "capacity";
  record.runs.push_back(Run(std::move(closed)));
  record.runs.back().goals = client::Evaluate(slo, record.runs.back().report);
  const double rate = record.runs.back().report.CallsPerSecond();
  if (rate <= 0) return absl::UnavailableError("No call of the closed loop succeeds.");
  return kFirstShare * rate;
}

absl::StatusOr<ProbeVerdict> BenchSession::RunProbe(const client::ProbeRequest& request,
                                                    const Slo& slo, BenchRecord& record) {
  if (interrupted()) return absl::CancelledError("The search was interrupted.");
  const absl::Duration time = request.confirm ? flags_.confirm_time : flags_.probe_time;
  CONVOY_ASSIGN_OR_RETURN(PlannedRun planned,
                          PlanOpenLoop(flags_, absl::StrFormat("%.6g", request.rate), time));
  planned.shape.name = request.confirm
                           ? "confirmation"
                           : absl::StrFormat("probe %d", static_cast<int>(record.runs.size()));
  if (!request.confirm) {
    planned.plan.enough = EnoughFor(slo, request.rate, time, planned.plan.max_in_flight);
  }
  RunRecord run = Run(std::move(planned));
  run.goals = client::Evaluate(slo, run.report);
  const bool met = client::Met(run.goals);
  // Response times hold what was sent late, so that an objective met is met: provided the rate was.
  const bool valid = run.verdict.valid || (met && client::KeptItsRate(run.report));
  record.runs.push_back(std::move(run));
  if (!flags_.quiet) {
    const RunRecord& last = record.runs.back();
    std::fprintf(stderr, "%s: %s, p99 %.2f ms, %s%s\n", last.load.name.c_str(),
                 client::ShortName(last.load).c_str(),
                 absl::ToDoubleMilliseconds(last.report.response.Percentile(99)),
                 met ? "met" : "not met", valid ? "" : ", INVALID");
  }
  if (interrupted()) return absl::CancelledError("The search was interrupted.");
  if (!valid) return ProbeVerdict::kInvalid;
  return met ? ProbeVerdict::kPassed : ProbeVerdict::kFailed;
}

absl::StatusOr<client::SearchResult> BenchSession::Search(const Slo& slo, BenchRecord& record) {
  CONVOY_ASSIGN_OR_RETURN(const double start, FirstRate(slo, record));
  // Below it a probe has too few calls for one to be the slowest of such a share.
  const double fewest = 100 / (100 - slo.hardest().percent);
  client::SearchOptions options{.start = start,
                                .lowest = fewest / absl::ToDoubleSeconds(flags_.probe_time)};
  options.most_probes -= static_cast<int>(record.runs.size());
  CONVOY_ASSIGN_OR_RETURN(
      client::SearchResult result,
      client::SearchHighestRate(options, [&](const client::ProbeRequest& request) {
        return RunProbe(request, slo, record);
      }));
  if (record.runs.empty()) return absl::FailedPreconditionError(result.why_ended);
  // The answer is the last run at the rate that was found.
  record.result = record.runs.size() - 1;
  for (size_t i = 0; i < record.runs.size(); ++i) {
    const RunRecord& run = record.runs[i];
    if (run.load.open_loop && std::abs(run.load.rate - result.rate) < 1e-3 * result.rate &&
        client::Met(run.goals)) {
      record.result = i;
    }
  }
  return result;
}

}  // namespace convoy::cli
