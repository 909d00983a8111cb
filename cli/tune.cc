// `convoy tune`: the settings with which a model serves the highest rate while it meets an
// objective, written as a config.pbtxt. docs/load-testing.md explains it; tune_run.h has its
// course, tune_session.h measures, tune_search.h and tune_verdict.h decide, tune_result.h writes.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "cli/bench_session.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/host_facts.h"
#include "cli/process_facts.h"
#include "cli/text_file.h"
#include "cli/tune_flags.h"
#include "cli/tune_report.h"
#include "cli/tune_result.h"
#include "cli/tune_run.h"
#include "cli/tune_session.h"
#include "cli/tune_verdict.h"
#include "compute/base/small_file.h"
#include "compute/base/status.h"
#include "compute/runtime/device.h"

namespace convoy::cli {
namespace {

constexpr int kExitSignal = 128;

absl::Status CheckFlags(const TuneFlags& flags) {
  for (const auto& [name, time] : {std::pair{"--time-budget", flags.budget},
                                   std::pair{"--probe-time", flags.load.probe_time}}) {
    if (time > absl::ZeroDuration()) continue;
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is %s; it must be longer than 0s.", name, absl::FormatDuration(time)));
  }
  if (flags.load.slo.empty()) return absl::OkStatus();
  CONVOY_ASSIGN_OR_RETURN(const client::Slo slo, client::ParseSlo(flags.load.slo));
  if (!slo.latencies.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("--slo is '%s' and needs a latency to meet: p99=15ms, for example; without "
                      "--slo the most calls in a closed loop are looked for.",
                      flags.load.slo));
}

// What is to be tuned and where the result may go.
absl::StatusOr<TuneTarget> FindTarget(const TuneFlags& flags) {
  TuneTarget target;
  CONVOY_ASSIGN_OR_RETURN(target.source, ChooseSource(flags.model.FromArguments()));
  const std::string& folder = target.source.directory;
  const std::string config = folder + "/config.pbtxt";
  std::error_code unknown;  // what cannot be looked at is read, which says why not
  const bool absent = !std::filesystem::exists(config, unknown) && !unknown;
  if (!folder.empty() && !absent) {
    CONVOY_ASSIGN_OR_RETURN(target.config, compute::ReadSmallFile(config));
  }
  if (!flags.write) return target;
  if (folder.empty()) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "'%s' is a lone file and has no folder for a config.pbtxt, so --write has nowhere to "
        "write; --output FILE does.",
        target.source.model_path));
  }
  if (access(folder.c_str(), W_OK) != 0) {
    return absl::PermissionDeniedError(
        absl::StrFormat("'%s' cannot be written to: %s; --output FILE writes elsewhere.", folder,
                        std::strerror(errno)));
  }
  return target;
}

absl::Status Finish(const TuneFlags& flags, const TuneTarget& target, TuneSession& session,
                    TuneRecord& record) {
  Decide(record);
  CONVOY_ASSIGN_OR_RETURN(const models::EditedConfig config,
                          session.ConfigWith(record.result, CommentsOf(record, flags)));
  record.config = config.text;
  if (record.result != record.current) record.changes = config.changes;
  CONVOY_RETURN_IF_ERROR(session.CheckConfig(config.text));
  SayResult(record, config);
  return WriteConfig(flags, target, record);
}

int FailTune(const absl::Status& status) {
  Fail(status);
  return BenchSignal() != 0 ? kExitSignal + BenchSignal() : kExitFailure;
}

int Report(const TuneFlags& flags, const compute::DeviceFacts& device, TuneRecord& record,
           const absl::Status& status) {
  SayGeneratorShare(record, device);
  record.interrupted = BenchSignal() != 0;
  if (!status.ok() && record.search.rate > 0) {
    Say(absl::StrFormat("The best so far, not confirmed: %s with %s.",
                        ShownRate(record.search.rate), ToString(record.search.best)));
  }
  if (!status.ok() && record.verdict.empty()) record.verdict = std::string(status.message());
  if (flags.json == "-") {
    std::fputs(ToJsonText(record).c_str(), stdout);
  } else if (!flags.json.empty()) {
    const absl::Status written = WriteTextFile(flags.json, ToJsonText(record));
    if (!written.ok()) return FailTune(written);
  }
  return status.ok() ? kExitOk : FailTune(status);
}

absl::StatusOr<compute::DeviceFacts> FactsOf(const TuneFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<compute::Device> device,
                          compute::OpenDevice(flags.device, {.threads = flags.threads}));
  return device->facts();
}

int RunTune(const TuneFlags& flags) {
  if (const absl::Status wrong = CheckFlags(flags); !wrong.ok()) {
    std::fprintf(stderr, "convoy tune: %s\n", std::string(wrong.message()).c_str());
    return kExitUsage;
  }
  const absl::StatusOr<TuneTarget> target = FindTarget(flags);
  if (!target.ok()) return Fail(target.status());
  const absl::StatusOr<compute::DeviceFacts> device = FactsOf(flags);
  if (!device.ok()) return Fail(device.status());
  TuneRecord record{.command = CommandLine(),
                    .model = target->source.name,
                    .device = absl::StrFormat("%s (%s)", device->id, device->name),
                    .host = HostFacts()};
  if (!flags.load.slo.empty()) record.slo = *client::ParseSlo(flags.load.slo);
  CatchBenchSignals();
  const auto session = TuneSession::Start(flags, *target, record);
  if (!session.ok()) return FailTune(session.status());
  Say(absl::StrFormat("%s on %s, as it is: %s. Loaded in %.1f s, kernels: --tune %s.", record.model,
                      record.device, ToString(record.current), record.load_seconds, flags.tune));
  absl::Status status = RunTuning(flags, *device, **session, record);
  if (status.ok()) status = Finish(flags, *target, **session, record);
  if (status.ok()) status = (*session)->Stop();
  return Report(flags, *device, record, status);
}

}  // namespace

void AddTuneCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand(
      "tune", "Find the batching with which a model serves most within an objective");
  const auto flags = std::make_shared<TuneFlags>();
  AddTuneFlags(*command, flags.get());
  command->footer(
      "Examples:\n"
      "  convoy tune models/resnet50 --slo p99=50ms > config.pbtxt     look at it first\n"
      "  convoy tune --repository models resnet50 --slo p99=50ms --write\n"
      "  convoy tune resnet50.onnx -o config.pbtxt                     most calls, whatever the "
      "wait");
  command->callback([=] { *run = [=] { return RunTune(*flags); }; });
}

}  // namespace convoy::cli
