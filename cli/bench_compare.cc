#include "cli/bench_compare.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/table.h"
#include "client/bench/compare.h"
#include "client/bench/report_json.h"
#include "compute/base/status.h"

namespace convoy::cli {
namespace {

struct CompareFlags {
  std::string before, after;
  std::string fail_on;
  bool force = false;
};

absl::StatusOr<client::ComparedRun> ReadReport(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("The file '%s' cannot be opened.", path));
  const std::string text(std::istreambuf_iterator<char>(file), {});
  absl::StatusOr<client::ComparedRun> run = client::ParseReport(text);
  if (!run.ok()) {
    return compute::WithContext(run.status(), absl::StrFormat("while reading '%s'", path));
  }
  run->name = path;
  return run;
}

absl::StatusOr<int> CompareReports(const CompareFlags& flags) {
  std::vector<client::Bound> bounds;
  if (!flags.fail_on.empty()) {
    CONVOY_ASSIGN_OR_RETURN(bounds, client::ParseBounds(flags.fail_on));
  }
  CONVOY_ASSIGN_OR_RETURN(const client::ComparedRun before, ReadReport(flags.before));
  CONVOY_ASSIGN_OR_RETURN(const client::ComparedRun after, ReadReport(flags.after));
  const client::Comparison comparison = client::Compare(before, after);
  if (!comparison.differences.empty() && !flags.force) {
    for (const std::string& difference : comparison.differences) {
      std::fprintf(stderr, "convoy: %s\n", Printable(difference).c_str());
    }
    std::fprintf(stderr, "Runs of different plans are compared with --force only.\n");
    return kExitUsage;
  }
  std::fputs(client::ToText(comparison).c_str(), stdout);
  const std::vector<std::string> crossed = client::Crossed(comparison, bounds);
  for (const std::string& sentence : crossed) std::printf("FAILED: %s\n", sentence.c_str());
  return crossed.empty() ? kExitOk : kExitFailure;
}

int RunCompare(const CompareFlags& flags) {
  const absl::StatusOr<int> code = CompareReports(flags);
  if (code.ok()) return *code;
  Fail(code.status());
  return kExitUsage;
}

}  // namespace

void AddBenchCompareCommand(CLI::App& bench, bool* chosen, std::function<int()>* run) {
  CLI::App* command = bench.add_subcommand("compare", "Compare the JSON reports of two runs");
  const auto flags = std::make_shared<CompareFlags>();
  command->add_option("BEFORE", flags->before, "Report of the first run")->required();
  command->add_option("AFTER", flags->after, "Report of the second")->required();
  command
      ->add_option("--fail-on", flags->fail_on,
                   "Exit code 1 where a change is significant and beyond, as "
                   "p99=+5%,throughput=-3%")
      ->type_name("BOUNDS");
  command->add_flag("--force", flags->force, "Compare runs of different plans, too");
  command->footer(
      "Examples:\n"
      "  convoy bench compare before.json after.json\n"
      "  convoy bench compare before.json after.json --fail-on p99=+5%,throughput=-3%");
  command->callback([=] {
    *chosen = true;
    *run = [=] { return RunCompare(*flags); };
  });
}

}  // namespace convoy::cli
