#include "cli/bench_flags.h"

#include <CLI/CLI.hpp>

#include "cli/flags.h"

namespace convoy::cli {
namespace {

constexpr char kHidden[] = "";  // a group that --help leaves out

// Bounds that --help does not spell out: each flag fits a line there.
template <typename T>
CLI::Validator Within(T low, T high) {
  return CLI::Range(low, high).description("");
}

// A duration whose absence means something else than any value.
void AddOptionalDuration(CLI::App& command, const std::string& names,
                         std::optional<absl::Duration>* value, const std::string& meaning,
                         const std::string& group = "Options") {
  const auto store = [value](const std::string& text) {
    const absl::StatusOr<absl::Duration> duration = ParseDuration(text);
    if (!duration.ok()) throw CLI::ValidationError(std::string(duration.status().message()));
    *value = *duration;
  };
  command.add_option_function<std::string>(names, store, meaning)->type_name("TIME")->group(group);
}

void AddInputFlags(CLI::App& command, BenchFlags& flags) {
  command.add_option("--images", flags.images, "Send the image files of this folder")
      ->type_name("DIR");
  command
      .add_option("--as", flags.as,
                  "Images by Classify, or by ModelInfer as bytes or tensors [classify]")
      ->check(CLI::IsMember({"classify", "bytes", "tensor"}).description(""))
      ->type_name("classify|bytes|tensor");
  command.add_flag("--random", flags.random, "Send random tensors of the model's shape");
  command.add_option("--npy", flags.npy, "Send the rows of .npy files")->type_name("[INPUT=]FILE");
  command.add_option("-b,--batch", flags.rows, "Rows or images a call")
      ->check(Within(1, 1024))
      ->capture_default_str();
  command
      .add_option("--extent", flags.extent, "With --random: extent of dimensions that stay open")
      ->check(Within(1, 65536))
      ->group(kHidden);
  command.add_option("--seed", flags.seed, "Of random tensors and arrivals")->group(kHidden);
}

void AddLoadFlags(CLI::App& command, BenchFlags& flags) {
  command
      .add_option("-c,--concurrency", flags.concurrency,
                  "Closed loop: calls in flight; a list makes a run each")
      ->delimiter(',')
      ->check(Within(1, 100'000))
      ->type_name("N,...");
  command.add_option("-r,--rate", flags.rates, "Open loop: 200, 100@10s,400@5s or 10..500@1m")
      ->type_name("RATE");
  command.add_option("--arrivals", flags.arrivals, "constant, poisson or gamma:CV (bursts)")
      ->type_name("KIND");
  command.add_option("--replay", flags.replay, "Open loop at these times, seconds, one a line")
      ->type_name("FILE");
  AddOptionalDuration(command, "-z,--duration", &flags.duration, "Measure for this long [10s]");
  AddDurationFlag(command, "--warm-up", &flags.warm_up, "Call for this long before measuring");
  command.add_option("-n,--calls", flags.calls, "Measure so many calls at most")
      ->check(Within(1, 1'000'000'000));
  AddDurationFlag(command, "-t,--timeout", &flags.timeout, "Deadline of a call");
  AddOptionalDuration(command, "--drain", &flags.drain, "Wait for last answers [the timeout]",
                      kHidden);
  command.add_option("--max-in-flight", flags.max_in_flight, "Open loop: cap of calls in flight")
      ->check(Within(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--connections", flags.connections, "Connections [one each 100 in flight]")
      ->check(Within(1, 1024))
      ->group(kHidden);
  command.add_option("--threads", flags.threads, "Threads that take answers")
      ->check(Within(1, 64))
      ->group(kHidden);
}

void AddGoalFlags(CLI::App& command, BenchFlags& flags) {
  command
      .add_option("--slo", flags.slo, "Objective, as p99=15ms,error=0.1%; exit code 1 if missed")
      ->type_name("GOALS");
  command.add_flag("--find-max-rate", flags.find_max_rate, "Search the highest rate that meets it");
  command
      .add_option("--scenario", flags.scenario, "MLPerf-style: single-stream, multi-stream, server")
      ->type_name("NAME");
  AddDurationFlag(command, "--probe-time", &flags.probe_time, "Length of a probe")->group(kHidden);
  AddDurationFlag(command, "--confirm-time", &flags.confirm_time, "Length of the confirmation")
      ->group(kHidden);
  command.add_flag("--mlperf-resnet50", flags.resnet50, "ResNet-50's limit of 15 ms")
      ->group(kHidden);
  command.add_option("--max-error-rate", flags.max_error_percent, "Per cent that may fail")
      ->check(Within(0.0, 100.0))
      ->group(kHidden);
  command.add_flag("--require-stable", flags.require_stable, "An unstable run is INVALID")
      ->group(kHidden);
}

void AddOutputFlags(CLI::App& command, BenchFlags& flags) {
  command.add_option("--json", flags.json, "Report as JSON [to standard output]")
      ->expected(0, 1)
      ->default_str("-")
      ->type_name("[FILE]");
  command.add_option("--html", flags.html, "Report as one HTML page")->type_name("FILE");
  command.add_option("-f,--csv", flags.csv, "Report as perf_analyzer's CSV")->type_name("FILE");
  command.add_flag("-q,--quiet", flags.quiet, "Show no progress");
  command.add_option("--label", flags.labels, "key=value for the reports")->group(kHidden);
  command.add_option("--percentiles", flags.percentiles, "Of latencies, as 50,99")
      ->delimiter(',')
      ->check(Within(0.0, 100.0))
      ->group(kHidden);
}

}  // namespace

void AddSampleFlags(CLI::App& command, BenchFlags* flags) { AddInputFlags(command, *flags); }

void AddBenchFlags(CLI::App& command, BenchFlags* flags) {
  AddServerFlags(command, &flags->server);
  command.add_option("-m,--model", flags->model, "Model; with --images it may be left out");
  command.add_option("-x,--model-version", flags->version, "Version [the highest]");
  AddInputFlags(command, *flags);
  command.add_option("--labels", flags->image_labels, "Count right answers: 'image label' a line")
      ->type_name("FILE");
  AddLoadFlags(command, *flags);
  AddGoalFlags(command, *flags);
  AddOutputFlags(command, *flags);
}

}  // namespace convoy::cli
