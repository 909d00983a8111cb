// Times operators on devices, one benchmark a conformance case and batch size, named
// DEVICE/OPERATOR/CASE/BATCH/real_time:
//
//   bench_kernels --benchmark_filter='^(cpu|vulkan)/conv/resnet50'
//
// Google Benchmark's flags choose and print (--benchmark_format=json). Before a case is timed its
// answer is compared with the formula's; a wrong one is reported instead of a time, and the exit
// code is 1. The time is that of Session::Run on operands that lie in the session already.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "compute/base/status.h"
#include "compute/cpu/omp_threads.h"
#include "tests/conformance/problem_run.h"
#include "tests/support/test_devices.h"

namespace convoy::testing {
namespace {

constexpr uint32_t kSeed = 1;

bool failed = false;

compute::OpCost CostOf(const Problem& problem) {
  std::vector<compute::TensorSpec> inputs;
  for (const Operand& operand : problem.operands) inputs.push_back({operand.dtype, operand.shape});
  return EstimateCost(problem.op, inputs, problem.outputs);
}

// A session whose answer is the formula's.
absl::StatusOr<std::unique_ptr<compute::Session>> ProvenSession(compute::Device& device,
                                                                const Problem& problem,
                                                                double bound) {
  const std::vector<compute::HostTensor> operands = RandomOperands(problem, kSeed);
  CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<compute::Session> session,
                          CompileProblem(device, problem, operands, Surroundings::kAlone));
  CONVOY_ASSIGN_OR_RETURN(const std::vector<compute::HostTensor> outputs,
                          RunProblem(*session, problem, operands));
  const std::vector<compute::HostTensor> expected = Expected(problem, operands);
  for (size_t i = 0; i < expected.size(); ++i) {
    const std::string difference = FirstDifference(outputs[i], expected[i], bound);
    if (!difference.empty()) {
      return absl::DataLossError(absl::StrFormat("output %d is wrong: %s", i, difference));
    }
  }
  return session;
}

// The kernel of the step that the case is about; the device may have added others.
std::string KernelOf(const compute::Session& session) {
  for (const compute::StepReport& step : session.report().steps) {
    if (step.step == "case") return step.kernel;
  }
  return "";
}

absl::Status Time(const std::string& device_name, const Case& one_case, int64_t batch,
                  benchmark::State& state) {
  CONVOY_ASSIGN_OR_RETURN(compute::Device* const device, TestDevice(device_name));
  CONVOY_ASSIGN_OR_RETURN(const Problem problem, MakeProblem(one_case, batch));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Session> session,
                          ProvenSession(*device, problem, one_case.bound));
  for (auto _ : state) CONVOY_RETURN_IF_ERROR(session->Run());
  using benchmark::Counter;
  const compute::OpCost cost = CostOf(problem);
  const auto rate = [](double amount) {
    return Counter(amount, Counter::kIsIterationInvariantRate);
  };
  state.counters["FLOP"] = rate(cost.flops);
  state.counters["bytes"] = rate(cost.bytes);
  state.SetLabel(KernelOf(*session));
  return absl::OkStatus();
}

void Register(const std::string& device, const Case& one_case, int64_t batch) {
  const std::string name =
      absl::StrFormat("%s/%s/%s/%d", device, one_case.op, one_case.name, batch);
  const auto run = [=](benchmark::State& state) {
    const absl::Status status = Time(device, one_case, batch, state);
    if (status.ok()) return;
    failed |= !absl::IsNotFound(status);  // a device that is absent is no failure
    state.SkipWithError(std::string(status.message()).c_str());
  };
  benchmark::RegisterBenchmark(name.c_str(), run)->UseRealTime()->Unit(benchmark::kMicrosecond);
}

absl::Status RegisterAll() {
  for (const std::string& device : TestDeviceNames()) {
    for (const std::string& op : OperatorFiles()) {
      CONVOY_ASSIGN_OR_RETURN(const std::vector<Case> cases, ReadCases(op));
      for (const Case& one_case : cases) {
        for (const int64_t batch : one_case.batches) Register(device, one_case, batch);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

int Main(int argc, char** argv) {
  if (const absl::Status status = RegisterAll(); !status.ok()) {
    std::fprintf(stderr, "bench_kernels: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (benchmark::RunSpecifiedBenchmarks() == 0) failed = true;
  benchmark::Shutdown();
  return failed ? 1 : 0;
}

}  // namespace convoy::testing

int main(int argc, char** argv) {
  // As the program itself does: without it the cpu device is timed in a state that no user meets.
  convoy::compute::RestartWithShortSpins(argv);
  return convoy::testing::Main(argc, argv);
}
