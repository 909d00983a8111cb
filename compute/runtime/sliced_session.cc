#include "compute/runtime/sliced_session.h"

#include <atomic>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/cpu/aligned_memory.h"
#include "compute/cpu/omp_threads.h"
#include "compute/cpu/parallel_for.h"

namespace convoy::compute {
namespace {

class SlicedSession : public Session {
 public:
  SlicedSession(int64_t slices, int64_t rows, std::vector<std::unique_ptr<Session>> lanes)
      : slices_(slices), rows_(rows), lanes_(std::move(lanes)), statuses_(lanes_.size()) {}

  absl::Status Allocate(const Plan& plan);

  std::span<std::byte> input(int i) override { return Bytes(inputs_[i]); }
  std::span<const std::byte> output(int i) const override { return Bytes(outputs_[i]); }
  absl::Status Run() override;
  absl::StatusOr<SessionReport> Profile(int repeats) override;
  const SessionReport& report() const override { return report_; }

 private:
  static std::span<std::byte> Bytes(const AlignedMemory& memory) {
    return {memory.data(), static_cast<size_t>(memory.size())};
  }
  absl::Status RunSlice(int64_t slice, Session& session);
  SessionReport OfTheBatch(SessionReport slice) const;

  const int64_t slices_;
  const int64_t rows_;  // of a slice
  std::vector<std::unique_ptr<Session>> lanes_;
  std::vector<absl::Status> statuses_;  // by lane, of the run
  std::vector<AlignedMemory> inputs_, outputs_;
  SessionReport report_;
};

absl::Status SlicedSession::Allocate(const Plan& plan) {
  const auto add = [&](const std::vector<int>& values, auto& memories) -> absl::Status {
    for (const int value : values) {
      CONVOY_ASSIGN_OR_RETURN(AlignedMemory memory,
                              AlignedMemory::Create(plan.values[value].spec.bytes()));
      memories.push_back(std::move(memory));
    }
    return absl::OkStatus();
  };
  CONVOY_RETURN_IF_ERROR(add(plan.inputs, inputs_));
  CONVOY_RETURN_IF_ERROR(add(plan.outputs, outputs_));
  report_ = OfTheBatch(lanes_.front()->report());
  return absl::OkStatus();
}

absl::Status SlicedSession::RunSlice(int64_t slice, Session& session) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const std::span<std::byte> to = session.input(static_cast<int>(i));
    std::memcpy(to.data(), inputs_[i].data() + slice * static_cast<int64_t>(to.size()), to.size());
  }
  CONVOY_RETURN_IF_ERROR(session.Run());
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const std::span<const std::byte> from = session.output(static_cast<int>(i));
    std::memcpy(outputs_[i].data() + slice * static_cast<int64_t>(from.size()), from.data(),
                from.size());
  }
  return absl::OkStatus();
}

// Lanes take slices as they come: one whose core is shared with another process does fewer. All
// have the same kernels, so that it does not show in the answer who took which.
absl::Status SlicedSession::Run() {
  const auto lanes = static_cast<int64_t>(lanes_.size());
  const ScopedOmpThreads threads(static_cast<int>(lanes));
  std::atomic<int64_t> next = 0;
  ParallelFor(lanes, [&](int64_t begin, int64_t end) {
    for (int64_t lane = begin; lane < end; ++lane) {
      absl::Status& status = statuses_[lane] = absl::OkStatus();
      for (int64_t slice = next++; slice < slices_ && status.ok(); slice = next++) {
        status = RunSlice(slice, *lanes_[lane]);
      }
    }
  });
  for (const absl::Status& status : statuses_) CONVOY_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

// A layer's work is that of all slices, and so is its time, with all lanes at it.
SessionReport SlicedSession::OfTheBatch(SessionReport slice) const {
  const auto slices = static_cast<double>(slices_);
  const auto lanes = static_cast<double>(lanes_.size());
  slice.arena_bytes *= static_cast<int64_t>(lanes_.size());
  slice.arena_peak_bytes *= static_cast<int64_t>(lanes_.size());
  for (StepReport& step : slice.steps) {
    step.cost.flops *= slices;
    step.cost.bytes *= slices;
    step.moved_bytes *= slices;
    step.median_ms *= slices / lanes;
    step.min_ms *= slices / lanes;
    step.p99_ms *= slices / lanes;
    step.median_run_ms *= slices / lanes;
    const std::string how =
        absl::StrFormat("%d slices of %d rows on %d lanes", slices_, rows_, lanes_.size());
    step.why = step.why.empty() ? how : absl::StrFormat("%s; %s", how, step.why);
  }
  return slice;
}

absl::StatusOr<SessionReport> SlicedSession::Profile(int repeats) {
  CONVOY_ASSIGN_OR_RETURN(SessionReport slice, lanes_.front()->Profile(repeats));
  return OfTheBatch(std::move(slice));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> MakeSlicedSession(
    const Plan& plan, int64_t rows, std::vector<std::unique_ptr<Session>> lanes) {
  auto session = std::make_unique<SlicedSession>(plan.rows / rows, rows, std::move(lanes));
  CONVOY_RETURN_IF_ERROR(session->Allocate(plan));
  return session;
}

}  // namespace convoy::compute
