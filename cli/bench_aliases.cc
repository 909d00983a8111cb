// The spellings of other load tools. Flags of perf_analyzer keep its bare units and are echoed with
// theirs; what its flag means here is said where it is not the same.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "cli/bench_flags.h"

namespace convoy::cli {
namespace {

constexpr char kHidden[] = "";

// "begin:end:step" as perf_analyzer writes ranges; end and step may be left out.
std::vector<double> ParseRange(const std::string& text) {
  std::vector<double> parts;
  for (const absl::string_view part : absl::StrSplit(text, ':')) {
    double number = 0;
    if (!absl::SimpleAtod(part, &number) || number <= 0) {
      throw CLI::ValidationError(
          absl::StrFormat("'%s' is no range; write BEGIN, BEGIN:END or BEGIN:END:STEP", text));
    }
    parts.push_back(number);
  }
  parts.resize(3, 1);
  const bool alone = text.find(':') == std::string::npos;
  const double end = alone ? parts[0] : parts[1];
  std::vector<double> values;
  for (double value = parts[0]; value <= end * (1 + 1e-9); value += parts[2]) {
    values.push_back(value);
    if (values.size() > 1000) throw CLI::ValidationError("the range has more than 1000 steps");
  }
  if (values.empty()) throw CLI::ValidationError(absl::StrFormat("'%s' is an empty range", text));
  return values;
}

void AddRanges(CLI::App& command, BenchFlags& flags) {
  command
      .add_option_function<std::string>("--concurrency-range",
                                        [&flags](const std::string& text) {
                                          flags.concurrency.clear();
                                          for (const double c : ParseRange(text)) {
                                            flags.concurrency.push_back(static_cast<int64_t>(c));
                                          }
                                        })
      ->group(kHidden);
  command
      .add_option_function<std::string>("--request-rate-range",
                                        [&flags](const std::string& text) {
                                          flags.rates.clear();
                                          for (const double rate : ParseRange(text)) {
                                            flags.rates.push_back(absl::StrFormat("%g", rate));
                                          }
                                        })
      ->group(kHidden);
  command.add_option("--request-distribution", flags.arrivals)
      ->check(CLI::IsMember({"constant", "poisson"}))
      ->group(kHidden);
  command.add_option("--request-intervals", flags.intervals)->group(kHidden);
  command.add_option("--rps", flags.rates)->group(kHidden);
}

void AddLimits(CLI::App& command, BenchFlags& flags) {
  command
      .add_option_function<double>("-p,--measurement-interval",
                                   [&flags](double ms) {
                                     flags.duration = absl::Milliseconds(ms);
                                     std::fprintf(stderr, "Measuring for %g ms.\n", ms);
                                   })
      ->check(CLI::PositiveNumber)
      ->group(kHidden);
  command.add_option("--request-count,--total,--measurement-request-count", flags.calls)
      ->check(CLI::Range(1, 1'000'000'000))
      ->group(kHidden);
  command.add_option("--warmup-request-count,--skipFirst", flags.warm_up_calls)
      ->check(CLI::Range(0, 1'000'000'000))
      ->group(kHidden);
  command
      .add_option_function<double>("-l,--latency-threshold",
                                   [&flags](double ms) {
                                     flags.slo = absl::StrFormat("p99=%gms", ms);
                                     std::fprintf(stderr, "Objective: %s.\n", flags.slo.c_str());
                                   })
      ->check(CLI::PositiveNumber)
      ->group(kHidden);
  command.add_flag("--binary-search", flags.find_max_rate)->group(kHidden);
  command.add_option("-s,--stability-percentage", flags.stability_percent)
      ->check(CLI::Range(0.1, 1000.0))
      ->group(kHidden);
  command.add_option("--max-threads", flags.threads)->check(CLI::Range(1, 64))->group(kHidden);
}

void AddInputs(CLI::App& command, BenchFlags& flags) {
  command
      .add_option_function<std::string>(
          "--input-data",
          [&flags](const std::string& text) {
            flags.random = text == "random";
            flags.zero = text == "zero";
            if (!flags.random && !flags.zero) flags.input_data = text;
          },
          "random, zero, or a JSON file with values")
      ->type_name("FILE")
      ->group(kHidden);
  command.add_option("--shape", flags.shapes)->group(kHidden);
  command.add_option("-H,--header", flags.metadata)->group(kHidden);
  command.add_option("--percentile", flags.percentiles)
      ->check(CLI::Range(0.0, 100.0))
      ->group(kHidden);
  command.add_option("--profile-export-file", flags.json)->group(kHidden);
}

void AddTls(CLI::App& command, BenchFlags& flags) {
  command.add_flag("--ssl-grpc-use-ssl", flags.server.tls)->group(kHidden);
  command.add_option("--ssl-grpc-root-certifications-file", flags.server.root_cert)->group(kHidden);
  command.add_option("--ssl-grpc-private-key-file", flags.server.client_key)->group(kHidden);
  command.add_option("--ssl-grpc-certificate-chain-file", flags.server.client_cert)->group(kHidden);
}

// What this tool always does, or needs no telling.
void AddIgnored(CLI::App& command) {
  for (const char* name : {"-a,--async", "--sync", "--verbose-csv", "--insecure", "-v,--verbose"}) {
    command.add_flag(std::string(name))->group(kHidden);
  }
  for (const char* name : {"--measurement-mode", "--max-trials"}) {
    command.add_option(std::string(name))->group(kHidden);
  }
  const auto only_grpc = [](const std::string& text) {
    if (text == "grpc" || text == "gRPC") return;
    throw CLI::ValidationError(absl::StrFormat("'%s' is not spoken here; -i grpc is", text));
  };
  command.add_option_function<std::string>("-i", only_grpc)->group(kHidden);
}

}  // namespace

void AddBenchAliases(CLI::App& command, BenchFlags* flags) {
  AddRanges(command, *flags);
  AddLimits(command, *flags);
  AddInputs(command, *flags);
  AddTls(command, *flags);
  AddIgnored(command);
}

}  // namespace convoy::cli
