// `convoy bench`: how much a server gives to N callers who each wait for their answer.
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/image_files.h"
#include "cli/server_flags.h"
#include "cli/table.h"
#include "client/bench/closed_loop.h"
#include "client/bench/workload.h"
#include "client/client.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

using client::LoadReport;
using client::Workload;

// A run fails when more than this share of its calls does.
constexpr double kMaxErrorRate = 0.001;
constexpr double kPercentiles[] = {50, 90, 95, 99, 99.9};

struct BenchFlags {
  ServerFlags server;
  std::string images;
  bool random = false;
  client::RandomTensorOptions tensors;
  int connections = 1;
  absl::Duration duration = absl::Seconds(10);
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration timeout = absl::Seconds(60);
  bool json = false;
};

// Set by the first SIGINT: the run ends early and still reports.
std::atomic<bool> stop_requested = false;

absl::StatusOr<std::vector<std::unique_ptr<client::Client>>> Connect(const BenchFlags& flags) {
  std::vector<std::unique_ptr<client::Client>> clients;
  for (int i = 0; i < flags.connections; ++i) {
    CONVOY_ASSIGN_OR_RETURN(std::unique_ptr<client::Client> client, ConnectTo(flags.server));
    clients.push_back(std::move(client));
  }
  return clients;
}

absl::StatusOr<Workload> MakeWorkload(const BenchFlags& flags, client::Client& client) {
  if (flags.random) return Workload::OfRandomTensors(client, flags.tensors);
  CONVOY_ASSIGN_OR_RETURN(std::vector<ImageFile> files, ReadImageFiles({flags.images}));
  std::vector<std::string> images;
  for (ImageFile& file : files) images.push_back(std::move(file.bytes));
  return Workload::OfImages(flags.tensors.model, flags.tensors.version, std::move(images));
}

double Milliseconds(absl::Duration duration) { return absl::ToDoubleMilliseconds(duration); }

void PrintText(const BenchFlags& flags, const Workload& load, const LoadReport& report) {
  const double calls = report.CallsPerSecond();
  std::printf("closed loop, %d connection%s, %s%s\n", flags.connections,
              flags.connections == 1 ? "" : "s", absl::FormatDuration(report.elapsed).c_str(),
              stop_requested ? ", interrupted" : "");
  std::printf("throughput  %.1f images/s (%.1f calls/s of %d)\n",
              calls * static_cast<double>(load.rows_per_call()), calls,
              static_cast<int>(load.rows_per_call()));
  std::printf("calls       %d good, %d failed\n", static_cast<int>(report.latency.count()),
              static_cast<int>(report.failed));
  if (report.latency.count() > 0) {
    std::string line = "latency ms ";
    for (const double percent : kPercentiles) {
      line +=
          absl::StrFormat(" p%g %.2f ", percent, Milliseconds(report.latency.Percentile(percent)));
    }
    std::printf("%s max %.2f  mean %.2f\n", line.c_str(), Milliseconds(report.latency.max()),
                Milliseconds(report.latency.mean()));
  }
  for (const auto& [code, error] : report.errors) {
    std::printf("error       %s: %d, the first: %s\n", absl::StatusCodeToString(code).c_str(),
                static_cast<int>(error.count), Printable(error.first_message).c_str());
  }
  if (report.gave_up) std::printf("A connection gave up: its calls failed without end.\n");
}

nlohmann::ordered_json LatencyJson(const client::Histogram& latency) {
  nlohmann::ordered_json object;
  object["min"] = Milliseconds(latency.min());
  object["mean"] = Milliseconds(latency.mean());
  for (const double percent : kPercentiles) {
    object[absl::StrFormat("p%g", percent)] = Milliseconds(latency.Percentile(percent));
  }
  object["max"] = Milliseconds(latency.max());
  return object;
}

void PrintJson(const BenchFlags& flags, const Workload& load, const LoadReport& report) {
  nlohmann::ordered_json object;
  object["schema_version"] = 1;
  object["model"] = flags.tensors.model;
  object["load"] = {{"mode", "closed"},
                    {"connections", flags.connections},
                    {"input", flags.random ? "random" : "images"},
                    {"rows_per_call", load.rows_per_call()}};
  object["interrupted"] = stop_requested.load();
  object["seconds"] = absl::ToDoubleSeconds(report.elapsed);
  object["calls"] = {{"good", report.latency.count()}, {"failed", report.failed}};
  object["calls_per_second"] = report.CallsPerSecond();
  object["images_per_second"] = report.CallsPerSecond() * static_cast<double>(load.rows_per_call());
  object["latency_ms"] = LatencyJson(report.latency);
  object["errors"] = nlohmann::ordered_json::object();
  for (const auto& [code, error] : report.errors) {
    object["errors"][absl::StatusCodeToString(code)] = {{"count", error.count},
                                                        {"first", error.first_message}};
  }
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

absl::StatusOr<int> Bench(const BenchFlags& flags) {
  CONVOY_ASSIGN_OR_RETURN(const auto clients, Connect(flags));
  CONVOY_ASSIGN_OR_RETURN(const Workload load, MakeWorkload(flags, *clients.front()));
  // One call before the clock starts: a wrong name or shape is said once and at once.
  CONVOY_RETURN_IF_ERROR(load.Send(*clients.front(), 0, {.timeout = flags.timeout}));
  std::signal(SIGINT, [](int) {
    stop_requested = true;
    std::signal(SIGINT, SIG_DFL);
  });
  const client::LoadPlan plan{.workers = flags.connections,
                              .warm_up = flags.warm_up,
                              .duration = flags.duration,
                              .stop = &stop_requested};
  const LoadReport report = RunClosedLoop(plan, [&](int worker, int64_t call) {
    // Workers start at different images, so that they do not all send the same one.
    return load.Send(*clients[static_cast<size_t>(worker)], call + worker,
                     {.timeout = flags.timeout});
  });
  flags.json ? PrintJson(flags, load, report) : PrintText(flags, load, report);
  const auto calls = static_cast<double>(report.latency.count() + report.failed);
  const bool failed = static_cast<double>(report.failed) > kMaxErrorRate * calls;
  return failed || report.latency.count() == 0 ? kExitFailure : kExitOk;
}

void AddFlags(CLI::App& command, BenchFlags& flags) {
  AddServerFlags(command, &flags.server);
  command.add_option("-m,--model", flags.tensors.model,
                     "Model; with --images it may be left out where there is only one");
  command.add_option("-x,--model-version", flags.tensors.version, "Version [the highest]");
  CLI::Option* images =
      command.add_option("--images", flags.images, "Send the image files of this folder")
          ->type_name("DIR");
  command.add_flag("--random", flags.random, "Send random tensors of the model's shape")
      ->excludes(images);
  command.add_option("-c,--connections", flags.connections, "Callers, each with its connection")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  AddDurationFlag(command, "-z,--duration", &flags.duration, "Measure for this long");
  AddDurationFlag(command, "--warm-up", &flags.warm_up, "Call for this long before measuring");
  AddDurationFlag(command, "-t,--timeout", &flags.timeout, "Deadline of a call");
  command.add_option("-b,--batch", flags.tensors.rows, "Rows a call, with --random")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      .add_option("--extent", flags.tensors.extent,
                  "Extent of every other dimension that the model leaves open, with --random")
      ->check(CLI::Range(1, 65536));
  command.add_option("--seed", flags.tensors.seed, "Seed of the random tensors")
      ->capture_default_str();
  command.add_flag("--json", flags.json, "Print JSON");
}

int RunBench(const BenchFlags& flags) {
  const bool named = !flags.tensors.model.empty();
  if ((flags.images.empty() && !flags.random) || (flags.random && !named)) {
    std::fprintf(stderr, "convoy bench: say what to send: --images DIR, or -m MODEL --random.\n");
    return kExitUsage;
  }
  const absl::StatusOr<int> code = Bench(flags);
  return code.ok() ? *code : Fail(code.status());
}

}  // namespace

void AddBenchCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command =
      app.add_subcommand("bench", "Measure throughput and latency of a server under load");
  const auto flags = std::make_shared<BenchFlags>();
  AddFlags(*command, *flags);
  command->footer(
      "Examples:\n"
      "  convoy bench -m resnet50 -c 8 -z 10s --random\n"
      "  convoy bench -m resnet50 -c 32 -z 1m --images photos/ --json");
  command->callback([=] { *run = [=] { return RunBench(*flags); }; });
}

}  // namespace convoy::cli
