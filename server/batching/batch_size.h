// How many rows the next batch has and how much of the device it gets: a pure function of how long
// batches take.
//
// Of all batch sizes that have a plan, alone on the whole device or one on each free lane, it takes
// what answers most rows a second. A lone request so gets the whole device, several of a network
// that scales badly over cores go side by side, and no batch is filled up with rows that nobody
// asked for where two smaller ones end sooner.
//
//   const BatchSize size = ChooseBatchSize({.rows = 5, .demand = 5, .max_rows = 8}, lanes, times);
#pragma once

#include <cstdint>
#include <span>

#include "compute/base/width.h"
#include "server/batching/batch_runner.h"

namespace convoy::server {

// The lanes of a device as the policy sees them; see RunnerLanes.
struct LaneState {
  int count = 1;
  int free = 1;
  bool narrow = false;

  // Whether a batch may have the whole device.
  bool MayRunWide() const { return free > 0 && (!narrow || free == count); }
  // Whether a batch may have a part of it.
  bool MayRunNarrow() const { return free > 0 && narrow; }
};

struct WaitingRows {
  int64_t rows = 1;        // that wait and may share batches
  int64_t first_rows = 1;  // of the request that goes first, which is not cut
  int64_t demand = 1;      // rows that will keep the device busy: those that wait, or more
  int64_t max_rows = 1;    // of a batch
};

struct BatchSize {
  int64_t rows = 1;
  compute::Width width = compute::Width::kWide;
};

// `lanes.free` > 0. Where `times` is empty, or lacks a figure: a lone row gets the whole device,
// several are spread evenly over the free lanes.
BatchSize ChooseBatchSize(const WaitingRows& waiting, const LaneState& lanes,
                          std::span<const BucketTime> times);

}  // namespace convoy::server
