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

class StepTimes {
 public:
  explicit StepTimes(size_t steps) : samples_(steps) {}

  void Add(size_t step, double milliseconds) { samples_[step].push_back(milliseconds); }

  // Sets the medians and minima of the steps that have times.
  void Fill(SessionReport& report) const;

 private:
  std::vector<std::vector<double>> samples_;
};

}  // namespace convoy::compute
