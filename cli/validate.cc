// `convoy validate`: what is wrong with a repository, before a server is asked to load it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/table.h"
#include "models/inspect/lint_repository.h"

namespace convoy::cli {
namespace {

using models::Finding;
using models::LintReport;
using models::Severity;

struct ValidateFlags {
  std::vector<std::string> paths;
  bool json = false;
};

const char* NameOf(Severity severity) { return severity == Severity::kError ? "error" : "warning"; }

std::string Plural(int count, const std::string& noun) {
  return absl::StrFormat("%d %s%s", count, noun, count == 1 ? "" : "s");
}

// "net/config.pbtxt:12:5", as editors and terminals open it.
std::string PlaceOf(const Finding& finding) {
  if (finding.line == 0) return finding.path;
  return absl::StrFormat("%s:%d:%d", finding.path, finding.line, finding.column);
}

void PrintText(const LintReport& report) {
  for (const Finding& finding : report.findings) {
    std::printf("%s: %s: %s%s\n%s", NameOf(finding.severity), Printable(PlaceOf(finding)).c_str(),
                Printable(finding.message).c_str(), finding.message.ends_with('?') ? "" : ".",
                finding.excerpt.c_str());
  }
  std::printf("%s of %s: %s, %s.\n", Plural(report.versions, "version").c_str(),
              Plural(report.models, "model").c_str(),
              Plural(report.Count(Severity::kError), "error").c_str(),
              Plural(report.Count(Severity::kWarning), "warning").c_str());
}

void PrintJson(const LintReport& report) {
  nlohmann::ordered_json object;
  object["models"] = report.models;
  object["versions"] = report.versions;
  object["errors"] = report.Count(Severity::kError);
  object["warnings"] = report.Count(Severity::kWarning);
  object["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : report.findings) {
    nlohmann::ordered_json row = {{"severity", NameOf(finding.severity)}, {"path", finding.path}};
    if (finding.line > 0) {
      row["line"] = finding.line;
      row["column"] = finding.column;
    }
    row["message"] = finding.message;
    object["findings"].push_back(std::move(row));
  }
  std::printf("%s\n", object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

int RunValidate(const ValidateFlags& flags) {
  const absl::StatusOr<LintReport> report = models::LintRepository(flags.paths);
  if (!report.ok()) return Fail(report.status());
  flags.json ? PrintJson(*report) : PrintText(*report);
  return report->Count(Severity::kError) == 0 ? kExitOk : kExitFailure;
}

}  // namespace

void AddValidateCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command =
      app.add_subcommand("validate", "Check models and configurations without serving them");
  const auto flags = std::make_shared<ValidateFlags>();
  command->add_option("PATH", flags->paths, "Model repositories, model directories or .onnx files")
      ->required();
  command->add_flag("--json", flags->json, "Print JSON");
  command->footer(
      "Examples:\n"
      "  convoy validate models/                 all that is wrong, and where\n"
      "  convoy validate --json resnet50.onnx\n"
      "An error keeps a model from being served; exit code 1 when there is one. A warning does "
      "not.");
  command->callback([=] { *run = [=] { return RunValidate(*flags); }; });
}

}  // namespace convoy::cli
