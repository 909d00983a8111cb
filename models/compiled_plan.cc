#include "models/compiled_plan.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "compute/base/status.h"

namespace convoy::models {
namespace {

// A plan that takes longer is not run again to be timed: the time of its first run will do.
constexpr absl::Duration kLongRun = absl::Milliseconds(200);
constexpr absl::Duration kTrial = absl::Milliseconds(5);

// What a session takes besides weights.
int64_t BytesOf(const compute::Plan& plan, const compute::Session& session) {
  int64_t bytes = session.report().arena_bytes;
  for (const int value : plan.inputs) bytes += plan.values[value].spec.bytes();
  for (const int value : plan.outputs) bytes += plan.values[value].spec.bytes();
  return bytes;
}

// The least time of the runs that fit into `trial`, of one at least.
absl::StatusOr<absl::Duration> LeastRun(compute::Session& session, absl::Duration trial) {
  absl::Duration least = absl::InfiniteDuration();
  const absl::Time begin = absl::Now();
  absl::Time now = begin;
  do {
    const absl::Time start = now;
    CONVOY_RETURN_IF_ERROR(session.Run());
    now = absl::Now();
    least = std::min(least, now - start);
  } while (now - begin < trial);
  return least;
}

// The longest of all sessions' LeastRun, all at once.
absl::StatusOr<absl::Duration> LeastRunTogether(const SessionPool& pool, absl::Duration trial) {
  const auto& sessions = pool.sessions();
  std::vector<absl::StatusOr<absl::Duration>> least(sessions.size(), absl::ZeroDuration());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < sessions.size(); ++i) {
    threads.emplace_back([&, i] { least[i] = LeastRun(*sessions[i], trial); });
  }
  for (std::thread& thread : threads) thread.join();
  absl::Duration longest = absl::ZeroDuration();
  for (const absl::StatusOr<absl::Duration>& each : least) {
    CONVOY_RETURN_IF_ERROR(each.status());
    longest = std::max(longest, *each);
  }
  return longest;
}

}  // namespace

absl::Status CompileSessions(const compute::Plan& plan, compute::Device& device, int lanes,
                             CompiledPlan& compiled) {
  const bool narrow = device.facts().narrow_lanes && lanes > 1;
  const auto add = [&](absl::StatusOr<std::unique_ptr<compute::Session>> session,
                       SessionPool& pool) -> absl::Status {
    CONVOY_RETURN_IF_ERROR(session.status());
    compiled.bytes += BytesOf(plan, **session);
    pool.Add(*std::move(session));
    return absl::OkStatus();
  };
  // The wide one first: what is measured for it serves the narrow ones too.
  for (int i = 0; i < (narrow ? 1 : lanes); ++i) {
    CONVOY_RETURN_IF_ERROR(add(device.Compile(plan), compiled.wide));
  }
  for (int i = 0; i < (narrow ? lanes : 0); ++i) {
    CONVOY_RETURN_IF_ERROR(add(device.CompileNarrow(plan), compiled.narrow));
  }
  return absl::OkStatus();
}

absl::Status WarmUp(CompiledPlan& plan) {
  for (const auto& session : plan.wide.sessions()) {
    CONVOY_ASSIGN_OR_RETURN(plan.wide_run, LeastRun(*session, absl::ZeroDuration()));
  }
  CONVOY_ASSIGN_OR_RETURN(plan.narrow_run, LeastRunTogether(plan.narrow, absl::ZeroDuration()));
  return absl::OkStatus();
}

absl::Status TimeRuns(CompiledPlan& plan) {
  if (plan.wide_run < kLongRun) {
    CONVOY_ASSIGN_OR_RETURN(plan.wide_run, LeastRun(*plan.wide.sessions().front(), kTrial));
  }
  if (plan.narrow_run < kLongRun) {
    CONVOY_ASSIGN_OR_RETURN(plan.narrow_run, LeastRunTogether(plan.narrow, kTrial));
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
