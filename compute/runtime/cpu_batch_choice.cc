#include "compute/runtime/cpu_batch_choice.h"

#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/plan/plan_rows.h"
#include "compute/runtime/sliced_session.h"

namespace convoy::compute {
namespace {

// Ways are tried in turns, so that a busy moment meets all of them: one turn that warms up, then
// turns until so many or so much time, of which the least counts.
constexpr int kMostTurns = 40;
constexpr double kTrialMs = 100;
// Slices must be faster by this: their copies and their threads cost more on a busy machine.
constexpr double kMargin = 1.05;
constexpr char kWhole[] = "layers";

// A way to run the batch: slices of so many rows; of all of them: layer by layer.
struct Way {
  std::string name;
  int64_t rows = 0;
};

// Slices of one row, which take the least memory, and of a thread's whole part, which make the best
// of large weights.
std::vector<Way> WaysOf(const Plan& plan, int threads) {
  std::vector<Way> ways = {{kWhole, plan.rows}};
  const auto add = [&](int64_t rows) {
    if (rows == plan.rows || plan.rows % rows != 0) return;
    ways.push_back({absl::StrFormat("slices_of_%d", rows), rows});
  };
  const int64_t part = DivideUp(plan.rows, threads);
  add(1);
  if (part > 1) add(part);
  return ways;
}

absl::StatusOr<std::unique_ptr<Session>> CompileWay(const Plan& plan, const Way& way, int threads,
                                                    const CompileForThreads& compile) {
  if (way.rows == plan.rows) return compile(plan, threads);
  CONVOY_ASSIGN_OR_RETURN(const Plan slice, PlanForRows(plan, way.rows));
  std::vector<std::unique_ptr<Session>> lanes;
  for (int64_t i = 0; i < std::min<int64_t>(threads, plan.rows / way.rows); ++i) {
    CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Session> lane, compile(slice, 1));
    lanes.push_back(std::move(lane));
  }
  return MakeSlicedSession(plan, way.rows, std::move(lanes));
}

double MillisecondsOf(Session& session) {
  const auto start = std::chrono::steady_clock::now();
  session.Run().IgnoreError();  // what fails here fails again where somebody asks
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - start;
  return elapsed.count();
}

std::vector<TimedKernel> Measure(const std::vector<Way>& ways,
                                 const std::vector<std::unique_ptr<Session>>& sessions) {
  std::vector<TimedKernel> timed;
  for (const Way& way : ways) timed.push_back({way.name, std::numeric_limits<double>::max()});
  double spent = 0;
  for (int turn = 0; turn <= kMostTurns && (turn == 0 || spent < kTrialMs); ++turn) {
    for (size_t i = 0; i < sessions.size(); ++i) {
      const double elapsed = MillisecondsOf(*sessions[i]);
      const double counted = ways[i].name == kWhole ? elapsed : elapsed * kMargin;
      timed[i].milliseconds = turn == 1 ? counted : std::min(timed[i].milliseconds, counted);
      spent += elapsed;
    }
  }
  return timed;
}

}  // namespace

std::string BatchProblem(const Plan& plan, int threads) {
  const std::string text = ToString(plan);
  return absl::StrFormat("batch of %d, plan %016x, %d threads", plan.rows,
                         XXH3_64bits(text.data(), text.size()), threads);
}

absl::StatusOr<std::unique_ptr<Session>> CompileBatch(const Plan& plan, int threads,
                                                      CpuTuning& tuning,
                                                      const CompileForThreads& compile) {
  if (plan.rows < 2 || tuning.batch_invariant || tuning.tuner.mode() == TuneMode::kOff ||
      !PlanForRows(plan, 1).ok()) {
    return compile(plan, threads);
  }
  const std::vector<Way> ways = WaysOf(plan, tuning.threads);
  std::vector<std::string> names;
  for (const Way& way : ways) names.push_back(way.name);
  const auto index_of = [&](const std::string& name) {
    return static_cast<size_t>(std::ranges::find(names, name) - names.begin());
  };
  const std::string problem = BatchProblem(plan, tuning.threads);
  tuning.tuner.Load();
  if (const KernelChoice known = tuning.tuner.Choose(problem, names, nullptr); !known.why.empty()) {
    return CompileWay(plan, ways[index_of(known.kernel)], threads, compile);
  }
  std::vector<std::unique_ptr<Session>> sessions;
  for (const Way& way : ways) {
    CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<Session> session,
                            CompileWay(plan, way, threads, compile));
    sessions.push_back(std::move(session));
  }
  const KernelChoice choice =
      tuning.tuner.Choose(problem, names, [&] { return Measure(ways, sessions); });
  tuning.tuner.Save();
  return std::move(sessions[index_of(choice.kernel)]);
}

}  // namespace convoy::compute
