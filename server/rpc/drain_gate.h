// Counts the inference calls inside the server, so that a shutdown can close the door behind the
// last one and wait for it to leave.
//
//   CONVOY_RETURN_IF_ERROR(gate.Enter());   // UNAVAILABLE once the gate is closed
//   ...
//   gate.Leave();                           // once for each Enter that succeeded
//
// Thread-safe.
#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace convoy::server {

class DrainGate {
 public:
  absl::Status Enter();
  void Leave();

  void Close();
  // Blocks until nobody is inside; false when `timeout` has passed before.
  bool AwaitEmpty(absl::Duration timeout);

  int64_t inside() const;

 private:
  mutable absl::Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t inside_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace convoy::server
