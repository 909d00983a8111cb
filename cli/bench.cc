// `convoy bench`: what a server gives under load, and whether the figures may be believed. The
// parts of it are in client/bench; docs/load-testing.md explains them.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "cli/bench_compare.h"
#include "cli/bench_flags.h"
#include "cli/bench_input.h"
#include "cli/bench_load.h"
#include "cli/bench_session.h"
#include "cli/build_facts.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/host_facts.h"
#include "cli/process_facts.h"
#include "cli/text_file.h"
#include "client/bench/report_html.h"
#include "client/bench/report_json.h"
#include "client/bench/report_text.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::BenchRecord;
using client::RunRecord;

// Beside the codes that all commands have (commands.h): 1 says that an objective was missed.
constexpr int kExitNoServer = 3;
constexpr int kExitInvalid = 4;
constexpr int kExitErrors = 5;
constexpr int kExitSignal = 128;

int CodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kExitNoServer;
    default:
      return kExitErrors;
  }
}

int FailWith(const absl::Status& status, int code) {
  Fail(status);
  return code;
}

absl::Status WriteReport(const std::string& path, const std::string& text) {
  if (path != "-") return WriteTextFile(path, text);
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

absl::Status WriteReports(const BenchFlags& flags, const BenchRecord& record) {
  if (flags.json != "-") std::fputs(client::ToText(record).c_str(), stdout);
  if (!flags.json.empty()) {
    CONVOY_RETURN_IF_ERROR(WriteReport(flags.json, client::ToJsonText(record)));
  }
  if (!flags.csv.empty()) CONVOY_RETURN_IF_ERROR(WriteReport(flags.csv, client::ToCsv(record)));
  return flags.html.empty() ? absl::OkStatus() : WriteReport(flags.html, client::ToHtml(record));
}

// Reports are handed on, and headers carry tokens: their values are left out.
std::string CommandWithoutSecrets(const BenchFlags& flags) {
  std::string command = CommandLine();
  for (const std::string& header : flags.metadata) {
    const std::string name = header.substr(0, header.find(':'));
    absl::StrReplaceAll({{header, name + ":***"}}, &command);
  }
  return command;
}

BenchRecord MakeRecord(const BenchFlags& flags, const client::Workload& workload,
                       client::Client& client, int connections) {
  BenchRecord record;
  record.tool_version = kVersion;
  record.started_at = absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone());
  record.command = CommandWithoutSecrets(flags);
  record.seed = flags.seed;
  record.host = HostFacts();
  for (const std::string& label : flags.labels) {
    record.labels.push_back(absl::StrSplit(label, absl::MaxSplits('=', 1)));
  }
  record.url = flags.server.url;
  record.server = client.DescribeServer({}).value_or(client::ServerDescription{});
  record.model = flags.model;
  record.model_version = flags.version;
  record.input = workload.source();
  record.rows_per_call = workload.rows_per_call();
  record.request_bytes = workload.request_bytes();
  record.connections = connections;
  record.percentiles = flags.percentiles;
  return record;
}

bool TooManyErrors(const BenchFlags& flags, const client::LoadReport& report) {
  return report.good == 0 || report.ErrorRate() * 100 > flags.max_error_percent;
}

// What the exit code says of the answer; commands.h and docs/load-testing.md list the codes.
int ExitCodeOf(const BenchFlags& flags, const BenchRecord& record) {
  if (BenchSignal() != 0) return kExitSignal + BenchSignal();
  if (record.search.has_value()) return record.search->rate > 0 ? kExitOk : kExitFailure;
  for (const RunRecord& run : record.runs) {
    if (TooManyErrors(flags, run.report)) return kExitErrors;
  }
  for (const RunRecord& run : record.runs) {
    if (!run.verdict.valid || (flags.require_stable && !run.verdict.stable)) return kExitInvalid;
  }
  for (const RunRecord& run : record.runs) {
    const bool scenario = !run.scenario.has_value() || run.scenario->valid;
    if (!client::Met(run.goals) || !scenario) return kExitFailure;
  }
  return kExitOk;
}

absl::Status RunAll(const BenchFlags& flags, std::vector<PlannedRun> planned,
                    const std::optional<client::ScenarioRules>& rules, BenchSession& session,
                    BenchRecord& record) {
  if (!flags.slo.empty()) {
    CONVOY_ASSIGN_OR_RETURN(record.slo, client::ParseSlo(flags.slo));
  }
  if (flags.find_max_rate) {
    CONVOY_ASSIGN_OR_RETURN(record.search, session.Search(*record.slo, record));
    return absl::OkStatus();
  }
  for (PlannedRun& run : planned) {
    RunRecord done = session.Run(std::move(run));
    if (record.slo.has_value()) done.goals = client::Evaluate(*record.slo, done.report);
    if (rules.has_value()) done.scenario = client::JudgeScenario(*rules, done.report);
    record.runs.push_back(std::move(done));
    if (session.interrupted()) break;
  }
  record.result = record.runs.size() - 1;
  return absl::OkStatus();
}

// What can be wrong with the flags before a server is asked.
struct Prepared {
  std::optional<client::ScenarioRules> rules;
  std::vector<PlannedRun> runs;
};

absl::StatusOr<Prepared> Prepare(BenchFlags& flags) {
  Prepared prepared;
  std::string why;
  if (!SaysWhatToSend(flags, &why)) return absl::InvalidArgumentError(why);
  if (!flags.slo.empty()) CONVOY_RETURN_IF_ERROR(client::ParseSlo(flags.slo).status());
  if (flags.find_max_rate &&
      (flags.slo.empty() || client::ParseSlo(flags.slo)->latencies.empty())) {
    return absl::InvalidArgumentError(
        "--find-max-rate needs a latency to meet: --slo p99=15ms, for example.");
  }
  if (!flags.scenario.empty()) {
    CONVOY_ASSIGN_OR_RETURN(prepared.rules, ApplyScenario(flags));
    if (!flags.slo.empty()) {
      CONVOY_ASSIGN_OR_RETURN(const client::Slo slo, client::ParseSlo(flags.slo));
      if (!slo.latencies.empty()) prepared.rules->limit = slo.hardest().limit;
    }
  }
  CONVOY_ASSIGN_OR_RETURN(prepared.runs, PlanRuns(flags));
  return prepared;
}

int UsageError(const absl::Status& status) {
  std::fprintf(stderr, "convoy bench: %s\n", std::string(status.message()).c_str());
  return kExitUsage;
}

int RunBench(BenchFlags flags) {
  absl::StatusOr<Prepared> prepared = Prepare(flags);
  if (!prepared.ok()) return UsageError(prepared.status());
  const auto client = ConnectTo(flags.server);
  if (!client.ok()) return FailWith(client.status(), kExitNoServer);
  const absl::StatusOr<client::Workload> workload = MakeWorkload(flags, **client);
  if (!workload.ok()) return FailWith(workload.status(), CodeOf(workload.status()));
  const int connections = ConnectionsFor(flags, prepared->runs);
  const auto session = BenchSession::Create(flags, **client, *workload, connections);
  if (!session.ok()) return FailWith(session.status(), kExitNoServer);
  const absl::Status first = (*session)->TryOnce();
  if (!first.ok()) return FailWith(first, CodeOf(first));
  CatchBenchSignals();
  BenchRecord record = MakeRecord(flags, *workload, **client, connections);
  const absl::Status ran =
      RunAll(flags, std::move(prepared->runs), prepared->rules, **session, record);
  if (record.runs.empty()) return FailWith(ran, CodeOf(ran));
  const absl::Status written = WriteReports(flags, record);
  if (!written.ok()) return FailWith(written, kExitFailure);
  if (!ran.ok() && BenchSignal() == 0) return FailWith(ran, CodeOf(ran));
  return ExitCodeOf(flags, record);
}

}  // namespace

void AddBenchCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command =
      app.add_subcommand("bench", "Measure throughput and latency of a server under load");
  const auto flags = std::make_shared<BenchFlags>();
  AddBenchFlags(*command, flags.get());
  AddBenchAliases(*command, flags.get());
  command->footer(
      "Examples:\n"
      "  convoy bench -m resnet50 --random -c 8 -z 10s                     eight patient callers\n"
      "  convoy bench -m resnet50 --images photos/ --rate 200 --arrivals poisson --html out.html\n"
      "  convoy bench -m resnet50 --random --slo p99=15ms --find-max-rate  the most it can serve\n"
      "  convoy bench compare before.json after.json                       better, or luckier?");
  const auto comparing = std::make_shared<bool>(false);
  command->callback([=] {
    if (!*comparing) *run = [=] { return RunBench(*flags); };
  });
  AddBenchCompareCommand(*command, comparing.get(), run);
}

}  // namespace convoy::cli
