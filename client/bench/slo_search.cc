#include "client/bench/slo_search.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"

namespace convoy::client {
namespace {

class Search {
 public:
  Search(const SearchOptions& options, const Probe& probe) : options_(options), probe_(probe) {}

  absl::StatusOr<SearchResult> Run() {
    absl::Status status = Bracket();
    if (status.ok() && passed_ > 0) status = Bisect();
    if (status.ok() && passed_ > 0) status = Confirm();
    if (!status.ok()) return status;
    result_.rate = passed_;
    if (result_.why_ended.empty()) {
      result_.why_ended =
          absl::StrFormat("The limit of %d probes was reached.", options_.most_probes);
    }
    return result_;
  }

 private:
  bool MayProbe(int keep = 0) const {
    return static_cast<int>(result_.steps.size()) + keep < options_.most_probes;
  }
  bool Open() const { return failed_ <= 0 || passed_ <= 0; }

  absl::Status Try(double rate, bool confirm) {
    const absl::StatusOr<ProbeVerdict> verdict = probe_({rate, confirm});
    if (!verdict.ok()) return verdict.status();
    result_.steps.push_back({{rate, confirm}, *verdict});
    if (*verdict == ProbeVerdict::kPassed) {
      passed_ = std::max(passed_, rate);
    } else if (failed_ <= 0 || rate < failed_) {
      failed_ = rate;
      generator_was_limit_ = *verdict == ProbeVerdict::kInvalid;
    }
    return absl::OkStatus();
  }

  // Until one rate has passed and one has failed. Steps grow, so that a guess that is far off costs
  // few probes.
  absl::Status Bracket() {
    double factor = options_.first_step;
    double rate = options_.start;
    while (Open() && MayProbe(options_.confirmations)) {
      if (rate < options_.lowest) {
        result_.why_ended = NoRate();
        return absl::OkStatus();
      }
      const absl::Status status = Try(rate, false);
      if (!status.ok()) return status;
      rate = passed_ > 0 ? passed_ * factor : failed_ / factor;
      factor *= options_.first_step;
    }
    return absl::OkStatus();
  }

  absl::Status Bisect() {
    while (failed_ > 0 && failed_ > passed_ * (1 + options_.precision) &&
           MayProbe(options_.confirmations)) {
      const absl::Status status = Try(std::sqrt(passed_ * failed_), false);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Confirm() {
    int confirmed = 0;
    double rate = passed_;
    while (confirmed < options_.confirmations && MayProbe()) {
      const absl::Status status = Try(rate, true);
      if (!status.ok()) return status;
      if (result_.steps.back().verdict == ProbeVerdict::kPassed) {
        ++confirmed;
        continue;
      }
      confirmed = 0;
      rate /= 1 + options_.precision;
      passed_ = rate;  // as far as is known; the next confirmation says
      if (rate >= options_.lowest) continue;
      passed_ = 0;
      result_.why_ended = NoRate();
      return absl::OkStatus();
    }
    result_.confirmed = confirmed == options_.confirmations;
    if (result_.confirmed) result_.why_ended = WhyEnded();
    return absl::OkStatus();
  }

  std::string NoRate() const {
    return absl::StrFormat("No rate from %.3g calls a second on meets the objective%s.",
                           options_.lowest,
                           generator_was_limit_ ? "; the load generator was the limit" : "");
  }

  std::string WhyEnded() const {
    if (generator_was_limit_) return "Above it the load generator, not the server, is the limit.";
    if (failed_ > passed_ * (1 + options_.precision)) {
      return absl::StrFormat("The limit of %d probes left %.3g calls a second unexplored above.",
                             options_.most_probes, failed_ - passed_);
    }
    return absl::StrFormat("The objective fails within %.1f %% above.",
                           (failed_ / passed_ - 1) * 100);
  }

  const SearchOptions& options_;
  const Probe& probe_;
  SearchResult result_;
  double passed_ = 0;
  double failed_ = 0;
  bool generator_was_limit_ = false;
};

}  // namespace

absl::StatusOr<SearchResult> SearchHighestRate(const SearchOptions& options, const Probe& probe) {
  return Search(options, probe).Run();
}

}  // namespace convoy::client
