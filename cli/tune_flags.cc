#include "cli/tune_flags.h"

#include <CLI/CLI.hpp>

#include "cli/flags.h"
#include "cli/tune_settings.h"

namespace convoy::cli {
namespace {

void AddServerSide(CLI::App& command, TuneFlags& flags) {
  command.add_option("-d,--device", flags.device, "auto, cpu, reference, vulkan[:N]")
      ->capture_default_str();
  command
      .add_option("--threads", flags.threads,
                  "Cores that the device may use; 0 means all that the process may run on")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command
      .add_option("--tune", flags.tune,
                  "Kernels, before all else: tried on every layer and kept in the tune file "
                  "(timed), or as convoy serve has it [timed]")
      ->check(CLI::IsMember({"off", "auto", "timed"}).description(""))
      ->type_name("off|auto|timed");
}

void AddSearchFlags(CLI::App& command, TuneFlags& flags) {
  command
      .add_option("--slo", flags.load.slo,
                  "Objective, as p99=15ms,error=0.1%; without one: most calls in a closed loop")
      ->type_name("GOALS");
  command.add_option("--settings", flags.settings, "What may be changed")
      ->delimiter(',')
      ->check(CLI::IsMember(AllTuneAxisNames()).description(""))
      ->type_name("batch,delay,preferred,instances")
      ->capture_default_str();
  command
      .add_option("--largest-batch", flags.largest_batch,
                  "Largest batch to try, where the config has no larger one")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  AddDurationFlag(command, "--time-budget", &flags.budget, "Probe for this long at most");
  AddDurationFlag(command, "--probe-time", &flags.load.probe_time, "Length of a probe");
  command.add_option("-c,--concurrency", flags.callers, "Callers of closed loops")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
}

}  // namespace

void AddTuneFlags(CLI::App& command, TuneFlags* flags) {
  flags->load.probe_time = absl::Seconds(4);
  AddModelArguments(command, &flags->model);
  AddServerSide(command, *flags);
  AddSearchFlags(command, *flags);
  AddSampleFlags(command, &flags->load);
  command.add_flag("--write", flags->write, "Change the model's config.pbtxt");
  command.add_option("-o,--output", flags->output, "Write the config there [standard output]")
      ->type_name("FILE")
      ->excludes("--write");
  command.add_option("--json", flags->json, "All probes and the result as JSON [standard output]")
      ->expected(0, 1)
      ->default_str("-")
      ->type_name("[FILE]");
}

}  // namespace convoy::cli
