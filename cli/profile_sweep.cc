#include "cli/profile_sweep.h"

#include <map>

#include "absl/strings/str_format.h"
#include "cli/amounts.h"
#include "cli/table.h"

namespace convoy::cli {

std::vector<SweepRow> SweepOf(const std::vector<BatchProfile>& profiles) {
  std::map<int64_t, const BatchProfile*> by_batch;
  for (const BatchProfile& profile : profiles) by_batch[profile.batch] = &profile;
  std::vector<SweepRow> rows;
  for (const auto& [batch, profile] : by_batch) {
    SweepRow row{.batch = batch, .median_ms = profile->median_ms, .p99_ms = profile->p99_ms};
    row.images_per_s = profile->images_per_s();
    row.ms_per_image = profile->median_ms / static_cast<double>(batch);
    row.gflops_per_s = Giga(profile->flops, profile->median_ms);
    if (!rows.empty()) {
      row.times_first = row.images_per_s / rows.front().images_per_s;
      row.times_previous = row.images_per_s / rows.back().images_per_s;
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> SweepTitles(const std::vector<SweepRow>& rows) {
  return {"batch",      "ms",
          "p99",        "images/s",
          "ms/image",   absl::StrFormat("x batch %d", rows.empty() ? 1 : rows.front().batch),
          "x previous", "GF/s"};
}

std::vector<std::string> SweepCells(const SweepRow& row) {
  return {absl::StrFormat("%d", row.batch),
          absl::StrFormat("%.3f", row.median_ms),
          absl::StrFormat("%.3f", row.p99_ms),
          absl::StrFormat("%.1f", row.images_per_s),
          absl::StrFormat("%.3f", row.ms_per_image),
          absl::StrFormat("%.2f", row.times_first),
          absl::StrFormat("%.2f", row.times_previous),
          absl::StrFormat("%.1f", row.gflops_per_s)};
}

std::string SweepText(const std::vector<BatchProfile>& profiles) {
  const std::vector<SweepRow> rows = SweepOf(profiles);
  if (rows.size() < 2) return "";
  Table table(SweepTitles(rows), std::vector<Align>(8, Align::kRight));
  for (const SweepRow& row : rows) table.AddRow(SweepCells(row));
  return table.ToString();
}

}  // namespace convoy::cli
