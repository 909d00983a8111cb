// Counts the inference calls inside the server, so that there are never more under way than it may
// hold, and that a shutdown can close the door behind the last one and wait for it to leave. One
// that is answered holds no place any more, however slowly its client reads.
//
//   CONVOY_RETURN_IF_ERROR(gate.Enter());   // UNAVAILABLE when it is full, or closed
//   ...
//   gate.FreePlace();                       // once for each Enter that succeeded, and then
//   gate.Leave();
//
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace convoy::server {

class DrainGate {
 public:
  // `capacity` 0: without limit.
  explicit DrainGate(int64_t capacity = 0) : capacity_(capacity) {}

  absl::Status Enter();
  void FreePlace();
  void Leave();

  void Close();
  // Blocks until nobody is inside; false when `timeout` has passed before.
  bool AwaitEmpty(absl::Duration timeout);

  int64_t inside() const;

 private:
  const int64_t capacity_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable left_;
  bool closed_ = false;
  int64_t places_ = 0;  // taken
  int64_t inside_ = 0;
};

}  // namespace convoy::server
