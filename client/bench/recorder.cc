#include "client/bench/recorder.h"

#include <algorithm>
#include <utility>

namespace convoy::client {
namespace {

// Buckets of windows: enough for a confidence interval, few enough to be kept by the thousand.
constexpr int kWindowBits = 7;

// A run without an end in sight still has a bounded number of windows.
constexpr size_t kMostWindows = 100'000;

}  // namespace

double LoadReport::CallsPerSecond() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(good) / seconds : 0;
}

double LoadReport::SentPerSecond() const {
  const double seconds = absl::ToDoubleSeconds(measured);
  return seconds > 0 ? static_cast<double>(sent) / seconds : 0;
}

double LoadReport::ErrorRate() const {
  return calls() == 0 ? 1 : static_cast<double>(failed) / static_cast<double>(calls());
}

Recorder::Recorder(const RecorderOptions& options) : options_(options) {}

bool Recorder::Measured(absl::Duration due) const {
  return due >= options_.measure_from && due < options_.measure_until;
}

size_t Recorder::IndexOf(absl::Duration time) const {
  const absl::Duration since = std::max(time - options_.measure_from, absl::ZeroDuration());
  return std::min(kMostWindows, static_cast<size_t>(since / options_.window));
}

void Recorder::Fail(const std::string& kind, std::string message) {
  CallErrors& errors = report_.errors[kind];
  if (errors.count++ == 0) errors.first_message = std::move(message);
  ++report_.failed;
}

void Recorder::CountSent(absl::Duration due, absl::Duration sent, bool held) {
  const size_t index = IndexOf(sent);
  if (sent_.size() <= index) sent_.resize(index + 1);
  ++sent_[index];
  ++report_.sent;
  if (held) {
    ++report_.held;
    return;
  }
  if (sent < options_.measure_until + options_.late_after) ++report_.sent_in_time;
  report_.lag.Record(sent - due);
  if (sent - due > options_.late_after) ++report_.late;
}

void Recorder::Span(absl::Duration sent, absl::Duration done) {
  first_sent_ = std::min(first_sent_, sent);
  last_done_ = std::max(last_done_, done);
}

void Recorder::EnterWindow(absl::Duration done) {
  // Threads may report slightly out of order; a closed window stays closed.
  for (const size_t index = IndexOf(done); window_index_ < index; ++window_index_) CloseWindow();
}

void Recorder::CloseWindow() {
  window_.start = static_cast<double>(window_index_) * options_.window;
  window_.p50 = response_.Percentile(50);
  window_.p99 = response_.Percentile(99);
  window_.response = response_.Buckets(kWindowBits);
  window_.batch_size = batches_ == 0 ? 0 : batch_sum_ / static_cast<double>(batches_);
  report_.windows.push_back(std::exchange(window_, Window{}));
  response_.Clear();
  batch_sum_ = 0;
  batches_ = 0;
}

void Recorder::Ended(const CallTimes& times, const CallOutcome& outcome) {
  if (!Measured(times.due)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  EnterWindow(times.done);
  CountSent(times.due, times.sent, outcome.held);
  Span(times.sent, times.done);
  const absl::Duration response = times.done - times.due;
  report_.attempts.Record(response);
  if (outcome.right.has_value()) {
    ++report_.judged;
    report_.right += *outcome.right ? 1 : 0;
    report_.among_top5 += outcome.in_top5.value_or(*outcome.right) ? 1 : 0;
  }
  if (!outcome.status.ok()) {
    ++window_.failed;
    Fail(absl::StatusCodeToString(outcome.status.code()), std::string(outcome.status.message()));
    return;
  }
  ++report_.good;
  ++window_.good;
  report_.response.Record(response);
  report_.service.Record(times.done - times.sent);
  response_.Record(response);
  if (!outcome.server.has_value()) return;
  batch_sum_ += outcome.server->batch_size;
  ++batches_;
  report_.stages.Record(
      response, SplitStages(times.sent - times.due, times.done - times.sent, *outcome.server));
}

void Recorder::Unfinished(const CallTimes& times, bool held) {
  if (!Measured(times.due)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  EnterWindow(times.done);
  CountSent(times.due, times.sent, held);
  Span(times.sent, times.done);
  report_.attempts.Record(times.done - times.due);
  ++report_.unfinished;
  ++window_.failed;
  Fail("UNFINISHED", "The call had no answer when the run ended.");
}

void Recorder::Unsent(absl::Duration due, absl::Duration now, bool held) {
  if (!Measured(due)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  report_.attempts.Record(now - due);
  ++report_.unsent;
  ++(held ? report_.held : report_.late);
  Fail("UNSENT", "The call was due but could not be sent before the run ended.");
}

void Recorder::NoteInFlight(absl::Duration now, int64_t calls) {
  if (!Measured(now)) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const size_t index = IndexOf(now);
  if (in_flight_.size() <= index) in_flight_.resize(index + 1);
  in_flight_[index] = calls;
}

LiveFigures Recorder::Live(absl::Duration now) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  LiveFigures live{absl::ToDoubleSeconds(now), now < options_.measure_from, report_.sent,
                   report_.good, report_.failed};
  if (!report_.windows.empty()) {
    const Window& last = report_.windows.back();
    live.calls_per_second = static_cast<double>(last.good) / absl::ToDoubleSeconds(options_.window);
    live.p50 = last.p50;
    live.p99 = last.p99;
  }
  return live;
}

Recorder::Tally Recorder::CountAbove(absl::Duration limit) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return {report_.calls(), report_.failed, report_.response.CountAbove(limit)};
}

LoadReport Recorder::Finish() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (window_.good + window_.failed > 0) CloseWindow();
  for (size_t i = 0; i < report_.windows.size(); ++i) {
    if (i < sent_.size()) report_.windows[i].sent = sent_[i];
    if (i < in_flight_.size()) report_.windows[i].in_flight = in_flight_[i];
  }
  const bool any = last_done_ > first_sent_;
  report_.elapsed = any ? last_done_ - first_sent_ : absl::ZeroDuration();
  report_.measured = options_.measure_until == absl::InfiniteDuration()
                         ? report_.elapsed
                         : options_.measure_until - options_.measure_from;
  return std::move(report_);
}

}  // namespace convoy::client
