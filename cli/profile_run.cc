#include "cli/profile_run.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <span>

#include "cli/process_facts.h"
#include "cli/text_file.h"
#include "compute/base/status.h"
#include "compute/runtime/step_times.h"
#include "models/inspect/random_inputs.h"

namespace convoy::cli {
namespace {

using compute::Plan;
using compute::PlanStep;
using compute::Session;
using compute::StepReport;
using Clock = std::chrono::steady_clock;

constexpr uint64_t kSeed = 1;
constexpr int64_t kFewestRuns = 3;
// Of each layer: medians gain nothing from more, and a p99 has ten above it.
constexpr int64_t kMostRepeats = 1000;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

absl::Status ReadInputs(const Plan& plan, const std::string& path, Session& session) {
  std::ifstream file(path, std::ios::binary);
  int64_t wanted = 0;
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    const std::span<std::byte> bytes = session.input(static_cast<int>(i));
    wanted += static_cast<int64_t>(bytes.size());
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  if (file.good() && file.peek() == std::ifstream::traits_type::eof()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("'%s' must hold the %d bytes of the model's inputs, and cannot be read or "
                      "holds another number of them.",
                      path, wanted));
}

absl::Status FillInputs(const Plan& plan, const std::string& path, Session& session) {
  if (!path.empty()) return ReadInputs(plan, path, session);
  const std::vector<compute::HostTensor> inputs = models::RandomInputs(plan, kSeed);
  for (size_t i = 0; i < inputs.size(); ++i) {
    std::memcpy(session.input(static_cast<int>(i)).data(), inputs[i].bytes().data(),
                inputs[i].bytes().size());
  }
  return absl::OkStatus();
}

absl::Status WriteOutputs(const Plan& plan, const std::string& path, const Session& session) {
  std::string all;
  for (size_t i = 0; i < plan.outputs.size(); ++i) {
    const std::span<const std::byte> bytes = session.output(static_cast<int>(i));
    all.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  return WriteTextFile(path, all);
}

absl::Status TimeRuns(Session& session, absl::Duration duration, BatchProfile& profile) {
  const Clock::time_point end = Clock::now() + absl::ToChronoNanoseconds(duration);
  std::vector<double> times;
  while (static_cast<int64_t>(times.size()) < kFewestRuns || Clock::now() < end) {
    const Clock::time_point start = Clock::now();
    CONVOY_RETURN_IF_ERROR(session.Run());
    times.push_back(MillisecondsSince(start));
  }
  profile.runs = static_cast<int64_t>(times.size());
  profile.min_ms = *std::min_element(times.begin(), times.end());
  profile.p99_ms = compute::PercentileOf(times, 99);
  profile.median_ms = compute::MedianOf(std::move(times));
  return absl::OkStatus();
}

std::string OutputsOf(const Plan& plan, const PlanStep& step) {
  std::string text;
  for (const int output : step.outputs) {
    absl::StrAppendFormat(&text, "%s%s", text.empty() ? "" : " ",
                          plan.values[output].spec.ToString());
  }
  return text;
}

// The report keeps the plan's order and adds steps of its own; names may repeat.
std::vector<LayerProfile> LayersOf(const Plan& plan, std::vector<StepReport> steps,
                                   const std::string& device) {
  std::vector<LayerProfile> layers;
  size_t next = 0;
  for (StepReport& step : steps) {
    if (step.device.empty()) step.device = device;
    LayerProfile& layer = layers.emplace_back(LayerProfile{std::move(step), "", ""});
    if (next == plan.steps.size() || plan.steps[next].name != layer.step.step) continue;
    layer.op = OpName(plan.steps[next].op);
    layer.outputs = OutputsOf(plan, plan.steps[next++]);
  }
  return layers;
}

absl::Status TimeLayers(Session& session, const Plan& plan, const std::string& device,
                        absl::Duration duration, BatchProfile& profile) {
  compute::SessionReport report = session.report();
  const double wanted = absl::ToDoubleMilliseconds(duration) / profile.median_ms;
  const auto repeats =
      static_cast<int>(std::clamp(wanted, double{kFewestRuns}, double{kMostRepeats}));
  absl::StatusOr<compute::SessionReport> timed = session.Profile(repeats);
  if (!timed.ok() && !absl::IsUnimplemented(timed.status())) return timed.status();
  profile.layers_timed = timed.ok();
  profile.layer_runs = timed.ok() ? repeats : 0;
  if (timed.ok()) report = *std::move(timed);
  profile.arena_bytes = report.arena_bytes;
  profile.arena_peak_bytes = report.arena_peak_bytes;
  profile.weight_bytes = report.weight_bytes;
  profile.layers = LayersOf(plan, std::move(report.steps), device);
  for (const LayerProfile& layer : profile.layers) {
    profile.flops += layer.step.cost.flops;
    profile.bytes += layer.step.cost.bytes;
    profile.moved_bytes += layer.step.moved_bytes;
  }
  return absl::OkStatus();
}

}  // namespace

double BatchProfile::layers_ms() const {
  double sum = 0;
  for (const LayerProfile& layer : layers) sum += layer.step.median_ms;
  return sum;
}

double BatchProfile::ShareOf(const LayerProfile& layer) const {
  const double all_ms = layers_ms();
  return all_ms > 0 ? layer.step.median_ms / all_ms : 0;
}

absl::StatusOr<BatchProfile> ProfileBatch(const models::ModelFiles& files, compute::Device& device,
                                          const ProfileRequest& request) {
  BatchProfile profile;
  profile.batch = request.plan.batch;
  Clock::time_point start = Clock::now();
  CONVOY_ASSIGN_OR_RETURN(const Plan plan, models::PlanModel(files, request.plan));
  profile.plan_ms = MillisecondsSince(start);
  start = Clock::now();
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<Session> session, device.Compile(plan));
  profile.compile_ms = MillisecondsSince(start);
  CONVOY_RETURN_IF_ERROR(FillInputs(plan, request.input_path, *session));
  start = Clock::now();
  CONVOY_RETURN_IF_ERROR(session->Run());
  profile.first_run_ms = MillisecondsSince(start);
  profile.start_to_answer_ms = MillisecondsSinceStart();
  if (!request.output_path.empty()) {
    CONVOY_RETURN_IF_ERROR(WriteOutputs(plan, request.output_path, *session));
  }
  CONVOY_RETURN_IF_ERROR(TimeRuns(*session, request.duration, profile));
  profile.peak_rss_bytes = PeakResidentBytes();
  CONVOY_RETURN_IF_ERROR(TimeLayers(*session, plan, device.facts().id, request.duration, profile));
  return profile;
}

}  // namespace convoy::cli
