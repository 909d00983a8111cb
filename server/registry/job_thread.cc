#include "server/registry/job_thread.h"

#include <future>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

namespace convoy::server {
namespace {

absl::Status Stopping() {
  return absl::UnavailableError("The server is shutting down; its models no longer change");
}

}  // namespace

JobThread::JobThread(absl::Duration interval, Work tick)
    : interval_(interval), tick_(std::move(tick)), thread_([this] { Loop(); }) {}

JobThread::~JobThread() { Finish(); }

void JobThread::Post(Work work, Done done) {
  absl::Status refused;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && jobs_.size() < kMaxWaiting) {
      jobs_.push_back({std::move(work), std::move(done)});
      wake_.notify_all();
      return;
    }
    refused = stopping_
                  ? Stopping()
                  : absl::UnavailableError(absl::StrFormat(
                        "%d loads and unloads wait for their turn, and no more may", kMaxWaiting));
  }
  done(refused);
}

absl::Status JobThread::Run(Work work) {
  std::promise<absl::Status> answer;
  Post(std::move(work), [&](const absl::Status& status) { answer.set_value(status); });
  return answer.get_future().get();
}

void JobThread::StartTicking() {
  const std::lock_guard lock(mutex_);
  ticks_ = true;
  wake_.notify_all();
}

void JobThread::Stop() {
  std::vector<Done> unanswered;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (running_.has_value()) unanswered.push_back(std::exchange(running_->done, nullptr));
    for (Job& job : jobs_) unanswered.push_back(std::move(job.done));
    jobs_.clear();
    wake_.notify_all();
  }
  for (const Done& done : unanswered) {
    if (done) done(Stopping());
  }
}

void JobThread::Finish() {
  Stop();
  if (thread_.joinable()) thread_.join();
}

bool JobThread::busy() const {
  const std::lock_guard lock(mutex_);
  return running_.has_value();
}

bool JobThread::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void JobThread::Loop() {
  const auto has_work = [this] { return stopping_ || !jobs_.empty(); };
  std::unique_lock lock(mutex_);
  while (true) {
    if (!ticks_) {
      wake_.wait(lock, [&] { return has_work() || ticks_; });
    } else if (!wake_.wait_for(lock, absl::ToChronoNanoseconds(interval_), has_work)) {
      jobs_.push_back({tick_, nullptr});
    }
    if (stopping_) return;
    if (!jobs_.empty()) RunJob(lock);
  }
}

// Without the lock while it works and answers.
void JobThread::RunJob(std::unique_lock<std::mutex>& lock) {
  running_ = std::move(jobs_.front());
  jobs_.pop_front();
  const Work work = std::move(running_->work);
  lock.unlock();
  const absl::Status status = work();
  lock.lock();
  const Done done = std::move(running_->done);
  running_.reset();
  lock.unlock();
  if (done) done(status);
  lock.lock();
}

}  // namespace convoy::server
