// Where the time of calls went, and where that of the slowest went. A value; constant memory.
//
//   StageTable table;
//   table.Record(response_time, StageSplit(times, server));
//   table.Between(0.99, 1).mean[Stage::kQueue];   // of the slowest 1 %
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "absl/time/time.h"

namespace convoy::client {

// In the order in which a call goes through them. They add up to its response time.
enum Stage : size_t {
  kStageWait,     // due but not sent: the cap of calls in flight, or the generator
  kStageNetwork,  // client library, network and gRPC on both sides
  kStageDecode,   // image bytes to the model's input
  kStageQueue,    // waiting for a batch
  kStageCompute,  // running the batch
  kStageOther,    // the rest of the server's time
  kStages
};

inline constexpr std::array<const char*, kStages> kStageNames = {"wait",  "network", "decode",
                                                                 "queue", "compute", "other"};

using StageSplit = std::array<absl::Duration, kStages>;

// What a server says of one call.
struct ServerTimes {
  absl::Duration decode, queue, compute, total;
  uint32_t batch_size = 0;
};

// `wait` before the call was sent, `service` from then to its answer. A server whose times do not
// fit into `service` loses what is too much, last stages first.
StageSplit SplitStages(absl::Duration wait, absl::Duration service, const ServerTimes& server);

class StageTable {
 public:
  struct Row {
    double calls = 0;
    StageSplit mean{};
  };

  void Record(absl::Duration response, const StageSplit& split);
  bool empty() const { return cells_.empty(); }

  // The mean over the calls whose response times are those from share `from` to share `to` (0..1)
  // of all, ascending. Within 1 % of a response time the calls are not told apart.
  Row Between(double from, double to) const;

 private:
  struct Cell {
    int64_t calls = 0;
    std::array<double, kStages> seconds{};
  };
  std::map<int64_t, Cell> cells_;  // by the leading bits of the response time
  int64_t calls_ = 0;
};

}  // namespace convoy::client
