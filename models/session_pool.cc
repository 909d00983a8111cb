#include "models/session_pool.h"

#include <utility>

namespace convoy::models {

void SessionPool::Add(std::unique_ptr<compute::Session> session) {
  free_.push_back(session.get());
  sessions_.push_back(std::move(session));
}

SessionPool::Lease SessionPool::Take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !free_.empty(); });
  compute::Session* const session = free_.back();
  free_.pop_back();
  return {*this, *session};
}

void SessionPool::GiveBack(compute::Session& session) {
  const std::lock_guard lock(mutex_);
  free_.push_back(&session);
  returned_.notify_one();
}

}  // namespace convoy::models
