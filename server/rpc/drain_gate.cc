#include "server/rpc/drain_gate.h"

namespace convoy::server {

absl::Status DrainGate::Enter() {
  absl::MutexLock lock(&mutex_);
  if (closed_) return absl::UnavailableError("The server is shutting down; ask another one");
  ++inside_;
  return absl::OkStatus();
}

void DrainGate::Leave() {
  absl::MutexLock lock(&mutex_);
  --inside_;
}

void DrainGate::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

bool DrainGate::AwaitEmpty(absl::Duration timeout) {
  const auto empty = [this] {
    mutex_.AssertHeld();
    return inside_ == 0;
  };
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&empty), timeout);
}

int64_t DrainGate::inside() const {
  absl::MutexLock lock(&mutex_);
  return inside_;
}

}  // namespace convoy::server
