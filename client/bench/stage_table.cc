#include "client/bench/stage_table.h"

#include <algorithm>
#include <bit>

namespace convoy::client {
namespace {

// 7 leading bits: cells less than 1.6 % wide.
int64_t CellOf(absl::Duration response) {
  const int64_t ns = std::max<int64_t>(1, absl::ToInt64Nanoseconds(response));
  const int dropped = std::max(0, static_cast<int>(std::bit_width(static_cast<uint64_t>(ns))) - 7);
  return (ns >> dropped) << dropped;
}

}  // namespace

StageSplit SplitStages(absl::Duration wait, absl::Duration service, const ServerTimes& server) {
  absl::Duration left = service;
  const auto take = [&left](absl::Duration stage) {
    const absl::Duration taken = std::clamp(stage, absl::ZeroDuration(), left);
    left -= taken;
    return taken;
  };
  StageSplit split{};
  split[kStageWait] = std::max(wait, absl::ZeroDuration());
  split[kStageDecode] = take(server.decode);
  split[kStageQueue] = take(server.queue);
  split[kStageCompute] = take(server.compute);
  split[kStageOther] = take(server.total - server.decode - server.queue - server.compute);
  split[kStageNetwork] = left;
  return split;
}

void StageTable::Record(absl::Duration response, const StageSplit& split) {
  Cell& cell = cells_[CellOf(response)];
  ++cell.calls;
  ++calls_;
  for (size_t i = 0; i < kStages; ++i) cell.seconds[i] += absl::ToDoubleSeconds(split[i]);
}

StageTable::Row StageTable::Between(double from, double to) const {
  Row row;
  std::array<double, kStages> seconds{};
  const double first = from * static_cast<double>(calls_);
  const double last = to * static_cast<double>(calls_);
  double before = 0;
  for (const auto& [response, cell] : cells_) {
    const double after = before + static_cast<double>(cell.calls);
    // A cell on the border counts with the part of it that lies inside.
    const double inside = std::max(0.0, std::min(after, last) - std::max(before, first));
    const double part = inside / static_cast<double>(cell.calls);
    for (size_t i = 0; i < kStages; ++i) seconds[i] += part * cell.seconds[i];
    row.calls += inside;
    before = after;
  }
  if (row.calls <= 0) return row;
  for (size_t i = 0; i < kStages; ++i) row.mean[i] = absl::Seconds(seconds[i] / row.calls);
  return row;
}

}  // namespace convoy::client
