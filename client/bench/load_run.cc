#include "client/bench/load_run.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "client/bench/clock.h"
#include "client/bench/open_loop.h"
#include "client/channel.h"

namespace convoy::client {
namespace {

// A closed loop that meets only failures would call a dead server without end.
constexpr int64_t kMostFailuresInARow = 100;

// After a stop the last answers are not waited for long.
constexpr absl::Duration kShortDrain = absl::Seconds(1);

// What is due in the last moment of the plan is still sent.
constexpr absl::Duration kGrace = absl::Milliseconds(100);

constexpr int kPacerNice = -10;

constexpr absl::Duration kTick = absl::Milliseconds(20);

void SleepUntil(absl::Duration monotonic) {
  const timespec until = absl::ToTimespec(monotonic);
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

absl::Duration ProcessorTime() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return absl::DurationFromTimeval(use.ru_utime) + absl::DurationFromTimeval(use.ru_stime);
}

double AllowedCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

// The bytes stay the workload's; gRPC only counts references to them.
std::vector<grpc::ByteBuffer> RequestsOf(const Workload& workload) {
  std::vector<grpc::ByteBuffer> requests;
  for (size_t i = 0; i < workload.size(); ++i) {
    const std::string& bytes = workload.request(static_cast<int64_t>(i));
    const grpc::Slice slice(bytes.data(), bytes.size(), grpc::Slice::STATIC_SLICE);
    requests.emplace_back(&slice, 1);
  }
  return requests;
}

}  // namespace

LoadRun::LoadRun(const Workload& workload, const LoadPlan& plan,
                 std::vector<Sender::Options> senders)
    : workload_(workload),
      plan_(plan),
      requests_(RequestsOf(workload)),
      recorder_({.measure_from = plan.warm_up,
                 .measure_until = plan.warm_up + plan.duration,
                 .late_after = plan.late_after}) {
  for (Sender::Options& options : senders) {
    senders_.push_back(std::make_unique<Sender>(
        std::move(options), [this](Sender& sender, Sender::Call& call) { OnEnd(sender, call); }));
  }
}

absl::Duration LoadRun::Now() const { return SteadyNow() - start_; }

bool LoadRun::Stopped() const {
  return ended_.load(std::memory_order_relaxed) || (plan_.stop != nullptr && plan_.stop->load());
}

void LoadRun::Start(Sender& sender, absl::Duration due, bool held) {
  const int64_t index = next_call_.fetch_add(1, std::memory_order_relaxed);
  const auto& request = requests_[static_cast<size_t>(index) % requests_.size()];
  in_flight_.fetch_add(1);
  const absl::Duration sent = plan_.arrivals.has_value() ? Now() : due;
  sender.Start(index, request, due, sent, held);
}

CallOutcome LoadRun::OutcomeOf(Sender::Call& call) const {
  CallOutcome outcome;
  if (!call.status.ok()) {
    outcome.status = FromGrpc(call.status);
  } else if (workload_.ReadsReplies()) {
    grpc::Slice slice;
    if (!call.reply.TrySingleSlice(&slice).ok()) (void)call.reply.DumpToSingleSlice(&slice);
    outcome =
        workload_.Judge(call.index, {reinterpret_cast<const char*>(slice.begin()), slice.size()});
  }
  outcome.held = call.held;
  return outcome;
}

bool LoadRun::MayStartNext(absl::Duration now) {
  if (plan_.arrivals.has_value() || now >= End() || Stopped()) return false;
  if (plan_.calls == 0 || now < plan_.warm_up) return true;
  return measured_.fetch_add(1) < plan_.calls;
}

void LoadRun::OnEnd(Sender& sender, Sender::Call& call) {
  const absl::Duration now = Now();
  const CallTimes times{call.due, call.sent, now};
  if (cancelling_.load() && !call.status.ok()) {
    recorder_.Unfinished(times, call.held);
  } else {
    const CallOutcome outcome = OutcomeOf(call);
    recorder_.Ended(times, outcome);
    const int64_t failures = outcome.status.ok() ? 0 : failures_in_a_row_.load() + 1;
    failures_in_a_row_.store(failures, std::memory_order_relaxed);
    if (failures >= std::max(kMostFailuresInARow, 2 * plan_.concurrency) &&
        !plan_.arrivals.has_value()) {
      gave_up_ = true;
      ended_ = true;
    }
  }
  if (MayStartNext(now)) Start(sender, now, false);
  const bool last = in_flight_.fetch_sub(1) == 1;
  if (want_slot_.load()) slot_.notify_one();
  if (last && !(plan_.arrivals.has_value() && issuing_.load())) over_.notify_one();
}

void LoadRun::StartCallers() {
  for (int64_t i = 0; i < plan_.concurrency; ++i) {
    const absl::Duration now = Now();
    if (MayStartNext(now)) Start(*senders_[static_cast<size_t>(i) % senders_.size()], now, false);
  }
}

void LoadRun::AwaitSlot() {
  // Not for longer than a moment: no lock is taken where calls end, so that a wake-up may be
  // missed.
  want_slot_ = true;
  std::unique_lock<std::mutex> lock(mutex_);
  slot_.wait_for(lock, std::chrono::milliseconds(1),
                 [this] { return in_flight_.load() < plan_.max_in_flight; });
  want_slot_ = false;
}

void LoadRun::Pace() {
  // The kernel may round a sleep up by 50 us otherwise (prctl(2), PR_SET_TIMERSLACK).
  prctl(PR_SET_TIMERSLACK, 1UL);
  // Where it may, the pacer goes before what computes: it needs a moment, but on time. Linux takes
  // 0 for this thread.
  (void)setpriority(PRIO_PROCESS, 0, kPacerNice);
  OpenLoop loop(
      *plan_.arrivals,
      {.max_in_flight = plan_.max_in_flight, .calls = plan_.calls, .count_from = plan_.warm_up});
  size_t sender = 0;
  while (!Stopped()) {
    const absl::Duration now = Now();
    if (now > End() + kGrace) break;  // before a decision, which counts as carried out
    const OpenLoop::Decision decision = loop.Decide(now, in_flight_.load());
    if (decision.what == OpenLoop::Action::kOver) break;
    if (decision.what == OpenLoop::Action::kWait) {
      SleepUntil(start_ + std::min(decision.at, now + kTick));
    } else if (decision.what == OpenLoop::Action::kHeld) {
      AwaitSlot();
    } else {
      Start(*senders_[sender], decision.at, decision.held);
      sender = (sender + 1) % senders_.size();
    }
  }
  const absl::Duration now = Now();
  if (!Stopped()) {
    while (const auto unsent = loop.TakeUnsent(now)) {
      recorder_.Unsent(*unsent, now, in_flight_.load() >= plan_.max_in_flight);
    }
  }
  issuing_ = false;
  pacer_processor_time_ = ThreadProcessorTime();
}

bool LoadRun::Over(absl::Duration now) const {
  const bool open = plan_.arrivals.has_value();
  const bool issuing = open ? issuing_.load() : now < End() && !Stopped() && in_flight_.load() > 0;
  return !issuing && in_flight_.load() == 0;
}

void LoadRun::Watch() {
  absl::Duration next_second = absl::Seconds(1);
  absl::Duration drain_from = absl::InfiniteDuration();
  for (absl::Duration now = Now(); !Over(now); now = Now()) {
    recorder_.NoteInFlight(now, in_flight_.load());
    if (plan_.enough && plan_.enough(recorder_, in_flight_.load())) ended_ = true;
    if (now >= next_second) {
      if (plan_.progress) plan_.progress(recorder_.Live(now), in_flight_.load());
      next_second += absl::Seconds(1);
    }
    if (now >= End() || Stopped()) drain_from = std::min(drain_from, now);
    issued_until_ = std::min(drain_from, now);
    const absl::Duration drain = Stopped() ? std::min(plan_.drain, kShortDrain) : plan_.drain;
    if (now > drain_from + drain) {
      cancelling_ = true;
      for (const std::unique_ptr<Sender>& sender : senders_) sender->CancelAll();
    }
    std::unique_lock<std::mutex> lock(mutex_);
    over_.wait_for(lock, absl::ToChronoMilliseconds(kTick), [&] { return Over(Now()); });
  }
}

GeneratorUse LoadRun::Use(absl::Duration processor_time, absl::Duration elapsed) const {
  absl::Duration busiest = pacer_processor_time_;
  for (const std::unique_ptr<Sender>& sender : senders_) {
    busiest = std::max(busiest, sender->processor_time());
  }
  return {.cores = absl::FDivDuration(processor_time, elapsed),
          .allowed_cores = AllowedCores(),
          .busiest_thread = absl::FDivDuration(busiest, elapsed)};
}

LoadReport LoadRun::Run() {
  start_ = SteadyNow();
  const absl::Duration before = ProcessorTime();
  std::thread pacer;
  if (plan_.arrivals.has_value()) {
    pacer = std::thread([this] { Pace(); });
  } else {
    StartCallers();
  }
  Watch();
  if (pacer.joinable()) pacer.join();
  for (const std::unique_ptr<Sender>& sender : senders_) sender->Close();
  const absl::Duration elapsed = Now();
  LoadReport report = recorder_.Finish();
  report.measured = std::clamp(issued_until_ - plan_.warm_up, absl::ZeroDuration(), plan_.duration);
  report.generator = Use(ProcessorTime() - before, elapsed);
  report.gave_up = gave_up_;
  report.interrupted = plan_.stop != nullptr && plan_.stop->load();
  return report;
}

}  // namespace convoy::client
