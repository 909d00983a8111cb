#include "server/batching/batcher.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "compute/base/status.h"

namespace convoy::server {
namespace {

// Weight of the newest batch in the running mean of how long one takes.
constexpr double kNewestWeight = 0.2;

// A condition variable's clock cannot count to infinity; waking up once an hour costs nothing.
std::chrono::nanoseconds WaitLimit(absl::Duration wait) {
  return absl::ToChronoNanoseconds(std::clamp(wait, absl::ZeroDuration(), absl::Hours(1)));
}

}  // namespace

Batcher::Batcher(BatcherSettings settings, BatchRunner& runner, const compute::Clock& clock,
                 BatchObserver* observer)
    : settings_(std::move(settings)),
      runner_(runner),
      clock_(clock),
      observer_(observer),
      decide_thread_([this] { DecideLoop(); }),
      run_thread_([this] { RunLoop(); }) {}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    decide_.notify_all();
    run_.notify_all();
  }
  decide_thread_.join();
  run_thread_.join();
}

absl::Status Batcher::Admit(const Request& request) const {
  if (request.rows < 1 || request.rows > settings_.max_rows) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The request has %d rows, but a batch of model '%s' has from 1 to %d rows",
                        request.rows, settings_.model, settings_.max_rows));
  }
  if (stopping_) {
    return absl::UnavailableError(absl::StrFormat("Model '%s' is shutting down", settings_.model));
  }
  if (static_cast<int64_t>(queue_.size()) >= settings_.max_queue_size) {
    return absl::UnavailableError(absl::StrFormat(
        "Exceeds maximum queue size: %d requests wait for model '%s' and the limit is %d",
        queue_.size(), settings_.model, settings_.max_queue_size));
  }
  return absl::OkStatus();
}

Batcher::Ticket Batcher::Submit(Request request) {
  absl::Status admitted;
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
    admitted = Admit(request);
    if (admitted.ok()) {
      queue_.push_back({.ticket = ticket, .arrival = clock_.Now(), .request = std::move(request)});
      QueueChanged();
    }
  }
  if (!admitted.ok()) request.done(std::move(admitted));
  return ticket;
}

void Batcher::Cancel(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  for (Waiting& waiting : queue_) {
    if (waiting.ticket == ticket) waiting.cancelled = true;
  }
  decide_.notify_one();
}

void Batcher::Wake() {
  const std::lock_guard lock(mutex_);
  decide_.notify_one();
}

int64_t Batcher::queue_size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(queue_.size());
}

void Batcher::QueueChanged() {
  if (observer_ != nullptr) observer_->OnQueueSize(static_cast<int64_t>(queue_.size()));
  decide_.notify_one();
}

BatchDecision Batcher::Decide(absl::Time now) const {
  std::vector<QueueEntry> entries;
  entries.reserve(queue_.size());
  for (const Waiting& waiting : queue_) {
    entries.push_back({.shape_key = waiting.request.shape_key,
                       .rows = waiting.request.rows,
                       .arrival = waiting.arrival,
                       .deadline = waiting.request.deadline,
                       .cancelled = waiting.cancelled});
  }
  return DecideBatch(entries, device_idle_, now,
                     {.max_rows = settings_.max_rows,
                      .max_queue_delay = settings_.max_queue_delay,
                      .expected_run = expected_run_});
}

// Hands the decided batch to the running thread and takes what is to be rejected out of the queue.
std::vector<Batcher::Rejected> Batcher::Carry(const BatchDecision& decision) {
  std::vector<Rejected> rejected;
  for (const size_t i : decision.expired) {
    rejected.push_back({std::move(queue_[i]),
                        absl::DeadlineExceededError(absl::StrFormat(
                            "Request timeout expired while it waited for a batch of model '%s'",
                            settings_.model))});
  }
  for (const size_t i : decision.cancelled) {
    rejected.push_back({std::move(queue_[i]),
                        absl::CancelledError(absl::StrFormat(
                            "The client cancelled its request to model '%s'", settings_.model))});
  }
  for (const size_t i : decision.run) next_.push_back(std::move(queue_[i]));
  std::vector<bool> leaves(queue_.size(), false);
  for (const auto* indices : {&decision.expired, &decision.cancelled, &decision.run}) {
    for (const size_t i : *indices) leaves[i] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < queue_.size(); ++i) {
    if (leaves[i]) continue;
    if (kept != i) queue_[kept] = std::move(queue_[i]);
    ++kept;
  }
  queue_.resize(kept);
  if (!next_.empty()) {
    device_idle_ = false;
    run_.notify_one();
  }
  QueueChanged();
  return rejected;
}

void Batcher::RejectAll(std::vector<Rejected>& rejected) {
  for (Waiting& waiting : queue_) {
    rejected.push_back({std::move(waiting), absl::UnavailableError(absl::StrFormat(
                                                "Model '%s' is shutting down", settings_.model))});
  }
  queue_.clear();
  QueueChanged();
}

void Batcher::DecideLoop() {
  bool stopping = false;
  while (!stopping) {
    std::vector<Rejected> rejected;
    {
      std::unique_lock lock(mutex_);
      stopping = stopping_;
      if (stopping) {
        RejectAll(rejected);
      } else {
        const absl::Time now = clock_.Now();
        const BatchDecision decision = Decide(now);
        if (decision.run.empty() && decision.expired.empty() && decision.cancelled.empty()) {
          decide_.wait_for(lock, WaitLimit(decision.wait_until - now));
          continue;
        }
        rejected = Carry(decision);
      }
    }
    for (Rejected& each : rejected) each.waiting.request.done(std::move(each.status));
  }
}

void Batcher::RunLoop() {
  while (true) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      run_.wait(lock, [this] { return !next_.empty() || stopping_; });
      if (next_.empty()) return;
      batch = std::exchange(next_, {});
    }
    RunBatch(std::move(batch));
  }
}

absl::StatusOr<BatchReport> Batcher::CallRunner(std::span<BatchPart> parts) {
  try {
    return runner_.Run(parts);
  } catch (const std::exception& error) {  // no memory, say: this batch fails, the server lives on
    return absl::ResourceExhaustedError(
        absl::StrFormat("A batch of model '%s' fails: %s", settings_.model, error.what()));
  }
}

void Batcher::RunBatch(Batch batch) {
  std::vector<BatchPart> parts;
  parts.reserve(batch.size());
  for (Waiting& waiting : batch) {
    parts.push_back({.rows = waiting.request.rows, .inputs = std::move(waiting.request.inputs)});
  }
  const absl::Time start = clock_.Now();
  const absl::StatusOr<BatchReport> report = CallRunner(parts);
  if (report.ok() && observer_ != nullptr) observer_->OnBatch(*report);
  {
    const std::lock_guard lock(mutex_);
    const absl::Duration took = clock_.Now() - start;
    expected_run_ = expected_run_ == absl::ZeroDuration()
                        ? took
                        : expected_run_ * (1 - kNewestWeight) + took * kNewestWeight;
    device_idle_ = true;
    decide_.notify_one();
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!report.ok()) {
      batch[i].request.done(report.status());
      continue;
    }
    batch[i].request.done(Answer{.outputs = std::move(parts[i].outputs),
                                 .queue = start - batch[i].arrival,
                                 .batch = *report});
  }
}

}  // namespace convoy::server
