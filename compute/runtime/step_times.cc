#include "compute/runtime/step_times.h"

#include <algorithm>
#include <utility>

namespace convoy::compute {

double MedianOf(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void StepTimes::Fill(SessionReport& report) const {
  for (size_t i = 0; i < samples_.size(); ++i) {
    if (samples_[i].empty()) continue;
    report.steps[i].median_ms = MedianOf(samples_[i]);
    report.steps[i].min_ms = *std::min_element(samples_[i].begin(), samples_[i].end());
  }
}

}  // namespace convoy::compute
