#include "compute/runtime/step_times.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace convoy::compute {

double MedianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double PercentileOf(std::vector<double> values, double percent) {
  const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()) - 1e-9);
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  const auto at =
      values.begin() + std::clamp(static_cast<std::ptrdiff_t>(rank) - 1, std::ptrdiff_t{0}, last);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

size_t StepTimes::MedianRepeat() const {
  std::vector<double> sums;
  for (const std::vector<double>& step : samples_) {
    sums.resize(std::max(sums.size(), step.size()));
    for (size_t i = 0; i < step.size(); ++i) sums[i] += step[i];
  }
  std::vector<size_t> repeats(sums.size());
  std::iota(repeats.begin(), repeats.end(), size_t{0});
  const auto middle = repeats.begin() + static_cast<std::ptrdiff_t>(repeats.size() / 2);
  if (repeats.empty()) return 0;
  std::nth_element(repeats.begin(), middle, repeats.end(),
                   [&](size_t a, size_t b) { return sums[a] < sums[b]; });
  return *middle;
}

void StepTimes::Fill(SessionReport& report) const {
  const size_t median_repeat = MedianRepeat();
  for (size_t i = 0; i < samples_.size(); ++i) {
    if (samples_[i].empty()) continue;
    report.steps[i].median_ms = MedianOf(samples_[i]);
    report.steps[i].min_ms = *std::min_element(samples_[i].begin(), samples_[i].end());
    report.steps[i].p99_ms = PercentileOf(samples_[i], 99);
    report.steps[i].median_run_ms = samples_[i][median_repeat];
  }
}

}  // namespace convoy::compute
