#include "cli/tune_search.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

class Search {
 public:
  Search(const TuneSearchOptions& options, const TuneMeasure& measure)
      : options_(options), measure_(measure) {
    result_.best = options.start;
  }

  TuneSearchResult Run() {
    result_.status = TryAll();
    if (result_.status.ok()) {
      result_.why_ended = absl::StrFormat(
          "All %d candidates were tried: no single change of the best one serves more.",
          result_.trials.size());
    } else if (absl::IsDeadlineExceeded(result_.status)) {
      result_.why_ended = absl::StrFormat(
          "The time for candidates was over after %d of them; --time-budget gives more.",
          result_.trials.size());
    } else {
      result_.why_ended = std::string(result_.status.message());
    }
    return std::move(result_);
  }

 private:
  absl::Status TryAll() {
    CONVOY_RETURN_IF_ERROR(Try(options_.start));
    result_.start_rate = result_.rate;
    bool changed = true;
    while (changed) {
      const TuneSettings before = result_.best;
      for (const TuneAxis& axis : options_.axes) {
        for (const int64_t value : axis.values) {
          TuneSettings candidate = result_.best;
          candidate.*axis.field = value;
          CONVOY_RETURN_IF_ERROR(Try(Sensible(candidate)));
        }
      }
      changed = result_.best != before;
    }
    return absl::OkStatus();
  }

  absl::Status Try(const TuneSettings& candidate) {
    const bool tried = std::ranges::any_of(
        result_.trials, [&](const TuneTrial& trial) { return trial.settings == candidate; });
    if (tried) return absl::OkStatus();
    const double to_beat = result_.rate * (1 + options_.least_gain);
    CONVOY_ASSIGN_OR_RETURN(TuneMeasurement measured, measure_(candidate, to_beat));
    if (measured.rate > 0 && measured.rate >= to_beat) {
      result_.best = candidate;
      result_.rate = measured.rate;
    }
    result_.trials.push_back({candidate, to_beat, std::move(measured)});
    return absl::OkStatus();
  }

  const TuneSearchOptions& options_;
  const TuneMeasure& measure_;
  TuneSearchResult result_;
};

}  // namespace

TuneSearchResult SearchSettings(const TuneSearchOptions& options, const TuneMeasure& measure) {
  return Search(options, measure).Run();
}

}  // namespace convoy::cli
