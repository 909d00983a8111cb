// The times of a plan's steps over the repeats of a profile.
//
//   StepTimes times(report.steps.size());
//   for (...) times.Add(step, milliseconds);
//   times.Fill(report);
//
// A value, not thread-safe.
#pragma once

#include <cstddef>
#include <vector>

#include "compute/runtime/device.h"

namespace convoy::compute {

// The upper one of the two middle values where their number is even. `values` is not empty.
double MedianOf(std::vector<double> values);

// By nearest rank: the smallest value that `percent` of a hundred of them do not exceed. So with
// few values a high percentile is the largest. `values` is not empty, `percent` above 0.
double PercentileOf(std::vector<double> values, double percent);

class StepTimes {
 public:
  explicit StepTimes(size_t steps) : samples_(steps) {}

  void Add(size_t step, double milliseconds) { samples_[step].push_back(milliseconds); }

  // Sets the times of the steps that have some.
  void Fill(SessionReport& report) const;

 private:
  // The repeat whose steps together took the median time, as MedianOf has it. Every step with times
  // has one a repeat.
  size_t MedianRepeat() const;

  std::vector<std::vector<double>> samples_;
};

}  // namespace convoy::compute
