#include "client/bench/open_loop.h"

#include <utility>

namespace convoy::client {

OpenLoop::OpenLoop(Arrivals arrivals, const OpenLoopOptions& options)
    : arrivals_(std::move(arrivals)), options_(options) {
  Advance();
}

void OpenLoop::Advance() {
  const bool all = options_.calls > 0 && planned_ == options_.calls;
  due_ = all ? std::nullopt : arrivals_.Next();
  if (due_.has_value() && *due_ >= options_.count_from) ++planned_;
  held_ = false;
}

OpenLoop::Decision OpenLoop::Decide(absl::Duration now, int64_t in_flight) {
  if (!due_.has_value()) return {};
  if (now < *due_) return {Action::kWait, *due_};
  if (in_flight >= options_.max_in_flight) {
    held_ = true;
    return {Action::kHeld, *due_};
  }
  const Decision send{Action::kSend, *due_, held_};
  Advance();
  return send;
}

std::optional<absl::Duration> OpenLoop::TakeUnsent(absl::Duration now) {
  if (!due_.has_value() || *due_ >= now) return std::nullopt;
  const absl::Duration due = *due_;
  Advance();
  return due;
}

}  // namespace convoy::client
