// `convoy tune`: the settings with which a model serves the highest rate while it meets an
// objective, written as a config.pbtxt. docs/load-testing.md explains it; tune_search.h decides,
// tune_session.h measures.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/host_facts.h"
#include "cli/process_facts.h"
#include "cli/tune_flags.h"
#include "cli/tune_gain.h"
#include "cli/tune_report.h"
#include "cli/tune_search.h"
#include "cli/tune_session.h"
#include "compute/base/cache_file.h"
#include "compute/base/small_file.h"
#include "compute/base/status.h"
#include "compute/runtime/device.h"
#include "compute/runtime/step_times.h"

namespace convoy::cli {
namespace {

constexpr int kExitSignal = 128;
// The rest is for comparing the best candidate with the settings as they are.
constexpr double kShareOfSearch = 0.55;
constexpr int kRounds = 4;

void Say(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }

absl::Status CheckFlags(const TuneFlags& flags) {
  if (flags.budget <= absl::ZeroDuration() || flags.load.probe_time <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        "--time-budget and --probe-time must be longer than nothing.");
  }
  if (flags.load.slo.empty()) return absl::OkStatus();
  CONVOY_ASSIGN_OR_RETURN(const client::Slo slo, client::ParseSlo(flags.load.slo));
  if (!slo.latencies.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--slo needs a latency to meet: p99=15ms, for example; without --slo the most calls in a "
      "closed loop are looked for.");
}

// What is to be tuned and where the result may go.
absl::StatusOr<TuneTarget> FindTarget(const TuneFlags& flags) {
  TuneTarget target;
  CONVOY_ASSIGN_OR_RETURN(target.source, ChooseSource(flags.model.FromArguments()));
  const std::string& folder = target.source.directory;
  const std::string config = folder + "/config.pbtxt";
  if (!folder.empty() && std::filesystem::exists(config)) {
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
        absl::StrFormat("'%s' cannot be written to; --output FILE writes elsewhere.", folder));
  }
  return target;
}

void SayBatches(const TuneRecord& record) {
  for (const BatchTime& batch : record.batches) {
    Say(absl::StrFormat("  a batch of %d alone: %.3g ms, %s rows/s%s", batch.rows, batch.median_ms,
                        ShownNumber(1e3 * static_cast<double>(batch.rows) / batch.median_ms),
                        batch.fits ? "" : ": longer than the objective"));
  }
}

double MedianOfRounds(const TuneRecord& record, double TuneRound::*side) {
  std::vector<double> rates;
  for (const TuneRound& round : record.rounds) rates.push_back(round.*side);
  return compute::MedianOf(std::move(rates));
}

std::vector<std::string> CommentsOf(const TuneRecord& record, const TuneFlags& flags) {
  std::vector<std::string> comments;
  comments.push_back(
      absl::StrFormat("%s, %d row%s a call: %s",
                      record.slo.has_value() ? client::ToString(*record.slo)
                                             : absl::StrFormat("%d callers", flags.callers),
                      flags.load.rows, flags.load.rows == 1 ? "" : "s", ShownRate(record.rate)));
  if (record.result != record.current && record.gain.certain) {
    comments.push_back(
        absl::StrFormat("%s against %s", ToString(record.gain), ToString(record.current)));
  }
  comments.push_back(
      absl::StrFormat("on %s; the load generator ran on the same machine", record.device));
  return comments;
}

// The best candidate and the settings as they are, in turns.
absl::Status Compare(TuneSession& session, TuneRecord& record) {
  double before = record.search.start_rate;
  double after = record.search.rate;
  Say(absl::StrFormat("Comparing %s with %s, in turns:", ToString(record.search.best),
                      ToString(record.current)));
  for (int i = 0; i < kRounds; ++i) {
    const std::string name = absl::StrFormat("round %d", i + 1);
    TuneRound round;
    const auto run = [&](bool best) -> absl::Status {
      double& near = best ? after : before;
      CONVOY_ASSIGN_OR_RETURN(
          near, session.MeasureAgain(best ? record.search.best : record.current, near, name));
      (best ? round.after : round.before) = near;
      return absl::OkStatus();
    };
    CONVOY_RETURN_IF_ERROR(run(i % 2 == 1));
    CONVOY_RETURN_IF_ERROR(run(i % 2 == 0));
    record.rounds.push_back(round);
    Say(absl::StrFormat("=> %s: %s as it is, %s tuned", name, ShownRate(round.before),
                        ShownRate(round.after)));
  }
  return absl::OkStatus();
}

void KeepCurrent(TuneRecord& record, const std::string& why) {
  record.result = record.current;
  record.rate =
      record.rounds.empty() ? record.search.start_rate : MedianOfRounds(record, &TuneRound::before);
  record.verdict =
      absl::StrFormat("%s. The settings stay as they are: %s.", why, ToString(record.current));
}

// What the rounds say of the best candidate.
void Decide(TuneRecord& record) {
  const TuneSearchResult& search = record.search;
  record.gain = GainOf(record.rounds);
  if (search.best == record.current) {
    KeepCurrent(record, "No candidate serves a higher rate");
  } else if (search.start_rate <= 0) {
    record.result = search.best;
    record.rate = search.rate;
    record.verdict = absl::StrFormat(
        "The settings as they are (%s) meet the objective at no rate that was tried; with %s the "
        "model serves %s.",
        ToString(record.current), ToString(search.best), ShownRate(search.rate));
  } else if (record.gain.certain) {
    record.result = search.best;
    record.rate = MedianOfRounds(record, &TuneRound::after);
    record.verdict =
        absl::StrFormat("%s serves %s, %s against %s.", ToString(search.best),
                        ShownRate(record.rate), ToString(record.gain), ToString(record.current));
  } else if (record.rounds.size() < kFewestRounds) {
    KeepCurrent(record, absl::StrFormat("%s looked better, but there was no time to confirm it in "
                                        "%d rounds",
                                        ToString(search.best), kFewestRounds));
  } else {
    KeepCurrent(record, absl::StrFormat("%s looked better, but in turns its gain is within noise: "
                                        "%s",
                                        ToString(search.best), ToString(record.gain)));
  }
}

absl::Status OutOfReach(const TuneSession& session, const TuneRecord& record) {
  const TuneProbe* fastest = session.FastestProbe();
  return absl::FailedPreconditionError(absl::StrFormat(
      "No candidate meets %s at any rate that was tried. The lowest p%g seen is %.4g ms, with %s "
      "at %s.",
      client::ToString(*record.slo), fastest->percent, fastest->latency_ms,
      ToString(fastest->settings), ShownRate(fastest->achieved)));
}

// The search and the comparison. The record is good whatever comes back.
absl::Status Probe(const TuneFlags& flags, const compute::DeviceFacts& device, TuneSession& session,
                   TuneRecord& record) {
  const absl::Time start = absl::Now();
  CONVOY_RETURN_IF_ERROR(session.MeasureBatches());
  SayBatches(record);
  TuneRange range{.current = record.current,
                  .rows_per_call = flags.load.rows,
                  .largest_batch = flags.largest_batch,
                  .lanes = device.lanes,
                  .narrow_lanes = device.narrow_lanes,
                  .several_groups = record.several_groups,
                  .names = flags.settings};
  if (record.slo.has_value()) range.limit = record.slo->hardest().limit;
  session.SetDeadline(start + flags.budget);
  record.search = SearchSettings(
      {.start = record.current, .axes = MakeAxes(range)},
      [&](const TuneSettings& settings, double to_beat) -> absl::StatusOr<TuneMeasurement> {
        auto measured = session.Measure(settings, to_beat);
        session.SetDeadline(start + kShareOfSearch * flags.budget);
        if (measured.ok()) {
          Say(TrialLine({settings, to_beat, *measured}, measured->rate > 0));
        }
        return measured;
      });
  Say(record.search.why_ended);
  const absl::Status& status = record.search.status;
  if (!status.ok() && !absl::IsDeadlineExceeded(status)) return status;
  if (record.search.trials.empty()) {
    return absl::DeadlineExceededError(absl::StrFormat(
        "--time-budget of %s is over before the settings as they are are measured; give more.",
        absl::FormatDuration(flags.budget)));
  }
  if (record.search.rate <= 0) return OutOfReach(session, record);
  session.SetDeadline(start + flags.budget);
  if (record.search.best == record.current || record.search.start_rate <= 0)
    return absl::OkStatus();
  const absl::Status compared = Compare(session, record);
  return absl::IsDeadlineExceeded(compared) ? absl::OkStatus() : compared;
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  if (compute::WriteCacheFile(path, text)) return absl::OkStatus();
  return absl::UnavailableError(absl::StrFormat("'%s' cannot be written.", path));
}

// Where the result goes.
absl::Status WriteConfig(const TuneFlags& flags, const TuneTarget& target,
                         const TuneRecord& record) {
  if (!flags.output.empty()) return WriteText(flags.output, record.config);
  if (!flags.write) {
    if (flags.json != "-") std::fputs(record.config.c_str(), stdout);
    return absl::OkStatus();
  }
  const std::string path = target.source.directory + "/config.pbtxt";
  if (record.changes.empty()) {
    Say(absl::StrFormat("'%s' is left as it is.", path));
    return absl::OkStatus();
  }
  // A link stays a link.
  std::error_code none;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, none);
  CONVOY_RETURN_IF_ERROR(WriteText(none ? path : real.string(), record.config));
  Say(absl::StrFormat("'%s' is written.", path));
  return absl::OkStatus();
}

void SayResult(const TuneRecord& record, const models::EditedConfig& config) {
  Say(record.verdict);
  for (const std::string& change : record.changes) Say("  " + change);
  if (config.rewritten) {
    Say("The config had to be printed anew: comments in it are lost.");
  }
  if (record.result.max_batch < record.current.max_batch) {
    Say(absl::StrFormat(
        "Requests of more than %d row%s, which were taken before, will be refused; --settings "
        "delay,preferred,instances leaves max_batch_size alone.",
        record.result.max_batch, record.result.max_batch == 1 ? "" : "s"));
  }
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

void SayShare(const TuneRecord& record, const compute::DeviceFacts& device) {
  if (record.probes.empty()) return;
  const double cores = MostGeneratorCores(record);
  Say(absl::StrFormat(
      "The load generator took up to %.2f cores of this machine, %s.", cores,
      device.software ? "which the server shares: alone it serves more" : "beside the server"));
}

int FailTune(const absl::Status& status) {
  Fail(status);
  return BenchSignal() != 0 ? kExitSignal + BenchSignal() : kExitFailure;
}

int Report(const TuneFlags& flags, const compute::DeviceFacts& device, TuneRecord& record,
           const absl::Status& status) {
  SayShare(record, device);
  record.interrupted = BenchSignal() != 0;
  if (!status.ok() && record.search.rate > 0) {
    Say(absl::StrFormat("The best so far, not confirmed: %s with %s.",
                        ShownRate(record.search.rate), ToString(record.search.best)));
  }
  if (!status.ok() && record.verdict.empty()) record.verdict = std::string(status.message());
  if (flags.json == "-") {
    std::fputs(ToJsonText(record).c_str(), stdout);
  } else if (!flags.json.empty()) {
    const absl::Status written = WriteText(flags.json, ToJsonText(record));
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
  absl::Status status = Probe(flags, *device, **session, record);
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
