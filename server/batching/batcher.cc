#include "server/batching/batcher.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <utility>

#include "compute/base/status.h"
#include "server/batching/split_request.h"

namespace convoy::server {
namespace {

// Weight of the newest batch in the running mean of how long one takes.
constexpr double kNewestWeight = 0.2;

// A condition variable's clock cannot count to infinity; waking up once an hour costs nothing.
std::chrono::nanoseconds WaitLimit(absl::Duration wait) {
  return absl::ToChronoNanoseconds(std::clamp(wait, absl::ZeroDuration(), absl::Hours(1)));
}

int64_t BytesOf(const Request& request) {
  int64_t bytes = 0;
  for (const compute::TensorView& input : request.inputs) {
    bytes += static_cast<int64_t>(input.bytes.size());
  }
  return bytes;
}

uint64_t NextBatchId() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

Batcher::Batcher(BatcherSettings settings, BatchRunner& runner, const compute::Clock& clock,
                 BatchObserver* observer)
    : settings_(std::move(settings)),
      runner_(runner),
      lanes_(runner.lanes()),
      clock_(clock),
      observer_(observer),
      times_(lanes_.times) {
  const int threads = lanes_.count + (lanes_.narrow ? 1 : 0);
  for (int i = 0; i < threads; ++i) threads_.push_back(std::make_unique<Lane>());
  for (const auto& lane : threads_) {
    lane->thread = std::thread([this, &lane = *lane] { LaneLoop(lane); });
  }
  decide_thread_ = std::thread([this] { DecideLoop(); });
}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    decide_.notify_all();
    for (const auto& lane : threads_) lane->changed.notify_all();
  }
  decide_thread_.join();
  for (const auto& lane : threads_) lane->thread.join();
}

absl::Status Batcher::Admit(const Request& request) const {
  const int64_t most = std::max(settings_.max_rows, settings_.max_request_rows);
  if (request.rows < 1 || request.rows > most) {
    return absl::InvalidArgumentError(
        absl::StrFormat("The request has %d rows, but one of model '%s' has from 1 to %d rows",
                        request.rows, settings_.model, most));
  }
  if (stopping_) {
    return absl::UnavailableError(absl::StrFormat("Model '%s' is shutting down", settings_.model));
  }
  return FindRoom(request);
}

absl::Status Batcher::FindRoom(const Request& request) const {
  const int64_t level = LevelOf(settings_.rules, request.priority);
  const int64_t batches = (QueuedRows() + settings_.max_rows - 1) / settings_.max_rows;
  // The one that runs comes before them.
  QueueFill fill{.drain = expected_run_ * (batches + 1)};
  for (size_t i = 0; i < queue_.size(); ++i) {
    fill.requests += queue_[i].level == level && !IsRest(i) ? 1 : 0;
    fill.bytes += queue_[i].bytes;
  }
  return CheckRoom(settings_.model, PolicyOf(settings_.rules, level), settings_.bounds, fill,
                   BytesOf(request));
}

void Batcher::Enqueue(Ticket ticket, Request request) {
  const absl::Time now = clock_.Now();
  const int64_t level = LevelOf(settings_.rules, request.priority);
  const absl::Time timeout = TimeoutOf(PolicyOf(settings_.rules, level), now, request.timeout);
  for (Request& part : SplitRequest(std::move(request), settings_.max_rows)) {
    const int64_t bytes = BytesOf(part);
    queue_.push_back({.ticket = ticket,
                      .arrival = now,
                      .timeout = timeout,
                      .level = level,
                      .bytes = bytes,
                      .request = std::move(part)});
    due_ = std::min({due_, timeout, queue_.back().request.deadline});
  }
  QueueChanged();
}

Batcher::Ticket Batcher::Submit(Request request) {
  absl::Status admitted;
  Ticket ticket = 0;
  std::vector<Rejected> rejected;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
    admitted = Admit(request);
    if (admitted.ok()) {
      Enqueue(ticket, std::move(request));
      // Nothing starts while all lanes are busy.
      if (FreeLanes().free > 0) rejected = Step();
      WakeToDecide();
    }
  }
  if (!admitted.ok()) request.done(std::move(admitted));
  Reject(std::move(rejected));
  return ticket;
}

// What of the request still waits leaves the queue.
void Batcher::Withdraw(Ticket ticket) {
  for (Waiting& waiting : queue_) {
    if (waiting.ticket != ticket) continue;
    waiting.cancelled = true;
    due_ = absl::InfinitePast();
  }
  WakeToDecide();
}

void Batcher::Cancel(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  Withdraw(ticket);
}

void Batcher::Wake() {
  const std::lock_guard lock(mutex_);
  decide_.notify_one();
}

int64_t Batcher::queue_size() const {
  const std::lock_guard lock(mutex_);
  return QueuedRequests();
}

// The entry is a part of the same request as the one before it.
bool Batcher::IsRest(size_t i) const { return i > 0 && queue_[i].ticket == queue_[i - 1].ticket; }

int64_t Batcher::QueuedRequests() const {
  int64_t requests = 0;
  for (size_t i = 0; i < queue_.size(); ++i) requests += IsRest(i) ? 0 : 1;
  return requests;
}

void Batcher::QueueChanged() {
  if (observer_ != nullptr) observer_->OnQueueSize(QueuedRequests());
}

// Where the thread that decides would sleep beyond what is due.
void Batcher::WakeToDecide() {
  if (due_ < sleeps_until_) decide_.notify_one();
}

LaneState Batcher::FreeLanes() const {
  LaneState state{.count = lanes_.count, .free = 0, .narrow = lanes_.narrow};
  for (const auto& lane : threads_) state.free += lane->rows == 0 ? 1 : 0;
  if (!lanes_.narrow) return state;
  const bool wide_runs = threads_.back()->rows > 0;
  state.free = wide_runs ? 0 : state.free - 1;
  return state;
}

int64_t Batcher::QueuedRows() const {
  int64_t rows = 0;
  for (const Waiting& waiting : queue_) rows += waiting.request.rows;
  return rows;
}

BatchDecision Batcher::Decide(absl::Time now) const {
  std::vector<QueueEntry> entries;
  entries.reserve(queue_.size());
  for (const Waiting& waiting : queue_) {
    entries.push_back({.shape_key = waiting.request.shape_key,
                       .rows = waiting.request.rows,
                       .arrival = waiting.arrival,
                       .deadline = waiting.request.deadline,
                       .cancelled = waiting.cancelled,
                       .level = waiting.level,
                       .timeout = waiting.timeout,
                       .delays = PolicyOf(settings_.rules, waiting.level).delays});
  }
  return DecideBatch(entries, FreeLanes(), load_, now,
                     {.max_rows = settings_.max_rows,
                      .max_queue_delay = settings_.max_queue_delay,
                      .expected_run = expected_run_,
                      .times = times_.expected(),
                      .preferred_rows = settings_.rules.preferred_rows,
                      .preserve_ordering = settings_.rules.preserve_ordering,
                      .last_raised = last_raised_});
}

// Gives the batch to a free lane.
void Batcher::Hand(Batch batch, compute::Width width) {
  const bool wide = lanes_.narrow && width == compute::Width::kWide;
  const auto free = std::find_if(threads_.begin(), threads_.end(),
                                 [](const auto& lane) { return lane->rows == 0; });
  Lane& lane = wide ? *threads_.back() : **free;
  for (const Waiting& waiting : batch) lane.rows += waiting.request.rows;
  const auto bucket =
      std::find_if(times_.expected().begin(), times_.expected().end(),
                   [&](const BucketTime& candidate) { return candidate.rows >= lane.rows; });
  if (bucket != times_.expected().end()) {
    times_.Prefer(bucket->rows, width, wide || FreeLanes().free + 1 == lanes_.count);
  }
  lane.batch = std::move(batch);
  lane.width = width;
  lane.changed.notify_one();
}

// Hands decided batches to lanes and takes what is to be rejected out of the queue.
std::vector<Batcher::Rejected> Batcher::Carry(const BatchDecision& decision) {
  std::vector<Rejected> rejected;
  for (const size_t i : decision.expired) {
    rejected.push_back({std::move(queue_[i]),
                        absl::DeadlineExceededError(absl::StrFormat(
                            "Request timeout expired while it waited for a batch of model '%s'",
                            settings_.model))});
  }
  for (const size_t i : decision.timed_out) {
    const absl::Duration waited = clock_.Now() - queue_[i].arrival;
    rejected.push_back({std::move(queue_[i]),
                        absl::UnavailableError(absl::StrFormat(
                            "Request timeout expired: it has waited %s for a batch of model '%s'",
                            absl::FormatDuration(waited), settings_.model))});
  }
  for (const size_t i : decision.cancelled) {
    rejected.push_back({std::move(queue_[i]),
                        absl::CancelledError(absl::StrFormat(
                            "The client cancelled its request to model '%s'", settings_.model))});
  }
  std::vector<bool> leaves(queue_.size(), false);
  for (const DecidedBatch& decided : decision.run) {
    Batch batch;
    for (const size_t i : decided.members) {
      batch.push_back(std::move(queue_[i]));
      leaves[i] = true;
    }
    Hand(std::move(batch), decided.width);
  }
  for (const auto* indices : {&decision.expired, &decision.timed_out, &decision.cancelled}) {
    for (const size_t i : *indices) leaves[i] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < queue_.size(); ++i) {
    if (leaves[i]) continue;
    if (kept != i) queue_[kept] = std::move(queue_[i]);
    ++kept;
  }
  queue_.resize(kept);
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

// Decides and carries out until there is nothing to do now. What is returned is to be answered
// outside of the lock.
std::vector<Batcher::Rejected> Batcher::Step() {
  std::vector<Rejected> all;
  while (true) {
    const absl::Time now = clock_.Now();
    const BatchDecision decision = Decide(now);
    if (decision.run.empty() && decision.expired.empty() && decision.timed_out.empty() &&
        decision.cancelled.empty()) {
      due_ = decision.wait_until;
      return all;
    }
    if (decision.raised) last_raised_ = now;
    for (Rejected& each : Carry(decision)) all.push_back(std::move(each));
  }
}

void Batcher::Reject(std::vector<Rejected> rejected) {
  for (Rejected& each : rejected) each.waiting.request.done(std::move(each.status));
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
      } else if (rejected = Step(); rejected.empty()) {
        sleeps_until_ = due_;
        decide_.wait_for(lock, WaitLimit(due_ - clock_.Now()));
        sleeps_until_ = absl::InfinitePast();
      }
    }
    Reject(std::move(rejected));
  }
}

void Batcher::LaneLoop(Lane& lane) {
  while (true) {
    Batch batch;
    compute::Width width = compute::Width::kWide;
    {
      std::unique_lock lock(mutex_);
      lane.changed.wait(lock, [&] { return !lane.batch.empty() || stopping_; });
      if (lane.batch.empty()) return;
      batch = std::exchange(lane.batch, {});
      width = lane.width;
    }
    RunBatch(lane, std::move(batch), width);
  }
}

absl::StatusOr<BatchReport> Batcher::CallRunner(std::span<BatchPart> parts, compute::Width width) {
  try {
    return runner_.Run(parts, width);
  } catch (const std::exception& error) {  // no memory, say: this batch fails, the server lives on
    return absl::ResourceExhaustedError(
        absl::StrFormat("A batch of model '%s' fails: %s", settings_.model, error.what()));
  }
}

// Keeps what a batch that has just ended says about the next ones.
void Batcher::Learn(const Lane& lane, const absl::StatusOr<BatchReport>& report, absl::Time start) {
  const absl::Time now = clock_.Now();
  const absl::Duration took = now - start;
  int64_t rows = QueuedRows();
  for (const auto& each : threads_) rows += each->rows;
  load_ = UpdateLoad(load_, rows, now, expected_run_);
  expected_run_ = expected_run_ == absl::ZeroDuration()
                      ? took
                      : expected_run_ * (1 - kNewestWeight) + took * kNewestWeight;
  if (report.ok()) times_.Add(report->bucket, lane.width, took);
}

void Batcher::FreeLane(Lane& lane, const absl::StatusOr<BatchReport>& report, absl::Time start) {
  std::vector<Rejected> rejected;
  {
    const std::lock_guard lock(mutex_);
    Learn(lane, report, start);
    lane.rows = 0;
    if (!stopping_) rejected = Step();
    WakeToDecide();
  }
  Reject(std::move(rejected));
}

void Batcher::RunBatch(Lane& lane, Batch batch, compute::Width width) {
  std::vector<BatchPart> parts;
  parts.reserve(batch.size());
  for (Waiting& waiting : batch) {
    parts.push_back({.rows = waiting.request.rows, .inputs = std::move(waiting.request.inputs)});
  }
  const absl::Time start = clock_.Now();
  absl::StatusOr<BatchReport> report = CallRunner(parts, width);
  if (report.ok()) {
    report->id = NextBatchId();
    report->start = start;
  }
  if (report.ok() && observer_ != nullptr) observer_->OnBatch(*report);
  // Where the order counts, the next batch starts when these answers are given.
  const bool ordered = settings_.rules.preserve_ordering;
  if (!ordered) FreeLane(lane, report, start);
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!report.ok()) {
      batch[i].request.done(report.status());
      const std::lock_guard lock(mutex_);
      Withdraw(batch[i].ticket);  // the other parts of the request, if there are any
      continue;
    }
    batch[i].request.done(Answer{.outputs = std::move(parts[i].outputs),
                                 .queue = start - batch[i].arrival,
                                 .batch = *report});
  }
  if (ordered) FreeLane(lane, report, start);
}

}  // namespace convoy::server
