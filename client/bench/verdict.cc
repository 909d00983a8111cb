#include "client/bench/verdict.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

constexpr double kMostLate = 0.01;
constexpr double kMostRateError = 0.01;
constexpr double kMostCores = 0.8;
constexpr double kMostThread = 0.95;

void JudgeGenerator(const GeneratorUse& use, Verdict& verdict) {
  if (use.cores > kMostCores * use.allowed_cores) {
    verdict.valid = false;
    verdict.reasons.push_back(absl::StrFormat(
        "The load generator used %.2f of its %.0f cores; above %.0f %% it may be the limit.",
        use.cores, use.allowed_cores, kMostCores * 100));
  }
  if (use.busiest_thread > kMostThread) {
    verdict.valid = false;
    verdict.reasons.push_back(absl::StrFormat(
        "A thread of the load generator was busy %.0f %% of the time; give it more by --threads.",
        use.busiest_thread * 100));
  }
}

void JudgePacing(const LoadReport& report, const VerdictOptions& options, Verdict& verdict) {
  const auto due = static_cast<double>(report.sent + report.unsent);
  const auto late = static_cast<double>(report.late);
  if (late > kMostLate * due) {
    verdict.valid = false;
    verdict.reasons.push_back(absl::StrFormat(
        "%.1f %% of the calls were sent more than %.3g ms late (p99 %.2f ms); the generator did "
        "not keep up.",
        100 * late / due, absl::ToDoubleMilliseconds(options.late_after),
        absl::ToDoubleMilliseconds(report.lag.Percentile(99))));
  }
  if (!KeptItsRate(report)) {
    verdict.valid = false;
    verdict.reasons.push_back(absl::StrFormat("%d of %.0f calls were sent in the time of the plan.",
                                              report.sent_in_time + report.held, due));
  }
  if (report.held > 0) {
    verdict.notes.push_back(absl::StrFormat(
        "The cap of calls in flight held back %d calls, %d of them to the end: the server did not "
        "keep up with the rate. Response times count from when the calls were due.",
        report.held, report.unsent));
  }
}

struct Third {
  double good = 0;
  double seconds = 0;  // of latency
};

// The windows of the measured time in three equal parts. Windows of the drain are left out, as the
// last whole one may be.
std::vector<Third> Thirds(const LoadReport& report) {
  const size_t whole = report.windows.size() - 1;  // the last may be cut short
  std::vector<Third> thirds(3);
  for (size_t i = 0; i < whole / 3 * 3; ++i) {
    if (report.windows[i].start >= report.measured) break;
    Third& third = thirds[i / (whole / 3)];
    third.good += static_cast<double>(report.windows[i].good);
    for (const HistogramBucket& bucket : report.windows[i].response) {
      third.seconds += absl::ToDoubleSeconds(bucket.upto) * static_cast<double>(bucket.count);
    }
  }
  return thirds;
}

double Spread(double a, double b, double c) {
  const double low = std::min({a, b, c});
  return low > 0 ? std::max({a, b, c}) / low - 1 : (std::max({a, b, c}) > 0 ? INFINITY : 0);
}

void JudgeStability(const LoadReport& report, const VerdictOptions& options, Verdict& verdict) {
  if (report.windows.size() < 4) return;
  const std::vector<Third> thirds = Thirds(report);
  const auto latency = [&](size_t i) {
    return thirds[i].good > 0 ? thirds[i].seconds / thirds[i].good : 0;
  };
  const double rate = Spread(thirds[0].good, thirds[1].good, thirds[2].good);
  const double time = Spread(latency(0), latency(1), latency(2));
  if (rate <= options.unsteady_above && time <= options.unsteady_above) return;
  verdict.stable = false;
  verdict.notes.push_back(absl::StrFormat(
      "Not stable: over the thirds of the run throughput varies by %.0f %% and mean latency by "
      "%.0f %%. A longer run, or a longer warm-up, tells more.",
      rate * 100, time * 100));
}

}  // namespace

bool KeptItsRate(const LoadReport& report) {
  const auto due = static_cast<double>(report.sent + report.unsent);
  const auto in_time = static_cast<double>(report.sent_in_time + report.held);
  return due - in_time <= kMostRateError * due;
}

absl::Duration LateAfter(double calls_per_second) {
  if (calls_per_second <= 0) return absl::Milliseconds(1);
  return std::max(absl::Milliseconds(1), absl::Seconds(0.1 / calls_per_second));
}

Verdict JudgeRun(const LoadReport& report, const VerdictOptions& options) {
  Verdict verdict;
  JudgeGenerator(report.generator, verdict);
  if (options.open_loop) JudgePacing(report, options, verdict);
  JudgeStability(report, options, verdict);
  if (report.gave_up) verdict.notes.emplace_back("Calls failed without end; the run gave up.");
  if (report.interrupted) verdict.notes.emplace_back("The run was interrupted.");
  return verdict;
}

}  // namespace convoy::client
