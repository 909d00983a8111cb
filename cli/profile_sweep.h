// Several batch sizes of one profile side by side: is a larger batch worth waiting for? Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/profile_run.h"

namespace convoy::cli {

struct SweepRow {
  int64_t batch = 1;
  double median_ms = 0, p99_ms = 0;
  double images_per_s = 0, ms_per_image = 0;
  double times_first = 1;     // images/s against the smallest batch size
  double times_previous = 1;  // and against the next smaller one
  double gflops_per_s = 0;
};

// By batch size; of one that is there twice, the last.
std::vector<SweepRow> SweepOf(const std::vector<BatchProfile>& profiles);

// Titles and cells as all reports show them.
std::vector<std::string> SweepTitles(const std::vector<SweepRow>& rows);
std::vector<std::string> SweepCells(const SweepRow& row);

// Empty where there is nothing to compare.
std::string SweepText(const std::vector<BatchProfile>& profiles);

}  // namespace convoy::cli
