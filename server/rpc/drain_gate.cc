#include "server/rpc/drain_gate.h"

#include "absl/strings/str_format.h"

namespace convoy::server {

absl::Status DrainGate::Enter() {
  const std::lock_guard lock(mutex_);
  if (closed_) return absl::UnavailableError("The server is shutting down; ask another one");
  if (capacity_ > 0 && places_ >= capacity_) {
    return absl::UnavailableError(absl::StrFormat(
        "The server already holds %d requests, as many as --max-inflight-requests allows; retry "
        "later",
        places_));
  }
  ++places_;
  ++inside_;
  return absl::OkStatus();
}

void DrainGate::FreePlace() {
  const std::lock_guard lock(mutex_);
  --places_;
}

void DrainGate::Leave() {
  const std::lock_guard lock(mutex_);
  if (--inside_ == 0) left_.notify_all();
}

void DrainGate::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool DrainGate::AwaitEmpty(absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  return left_.wait_for(lock, absl::ToChronoNanoseconds(timeout), [this] { return inside_ == 0; });
}

int64_t DrainGate::inside() const {
  const std::lock_guard lock(mutex_);
  return inside_;
}

}  // namespace convoy::server
