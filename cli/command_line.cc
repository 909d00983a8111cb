#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/build_facts.h"
#include "cli/commands.h"
#include "cli/table.h"
#include "compute/base/nearest.h"

namespace convoy::cli {
namespace {

constexpr char kDescription[] =
    "Serves convolutional networks (ONNX) over gRPC, on any GPU through Vulkan or on the CPU.";

constexpr char kExamples[] =
    "Examples:\n"
    "  convoy serve models/                     serve every network in a folder\n"
    "  convoy classify photo.jpg                ask that server what a photo shows\n"
    "  convoy classify --repository models/ -m lenet5 3.png      the same without a server\n"
    "  convoy bench -m lenet5 -c 8 -z 10s --random               how fast is it?";

// Help that shows the examples (a command's footer) before the list of flags.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* app, std::string name) const override {
    const std::string examples = app->get_footer();
    return (examples.empty() ? "" : "\n" + examples + "\n") + Formatter::make_usage(app, name);
  }
  std::string make_footer(const CLI::App*) const override { return ""; }
};

// Every flag and subcommand that `app` would have understood at this place.
std::vector<std::string> KnownWords(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

// The innermost subcommand that the user asked for, or the program itself; `name` gets what it is
// called by.
const CLI::App& Chosen(const CLI::App& app, std::string& name) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (chosen.empty()) return app;
  name += " " + chosen.front()->get_name();
  return Chosen(*chosen.front(), name);
}

// Unknown words are collected instead of being an error, so that the first can be looked up.
void AllowUnknownWords(CLI::App& app) {
  app.allow_extras();
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    AllowUnknownWords(*command);
  }
}

int ReportUsage(const CLI::App& app, const std::string& message, const std::string& unknown) {
  std::string name = "convoy";
  const CLI::App& command = Chosen(app, name);
  std::fprintf(stderr, "%s: %s\n", name.c_str(), Printable(message).c_str());
  const std::string nearest =
      compute::Nearest(unknown.substr(0, unknown.find('=')), KnownWords(command));
  if (!nearest.empty()) std::fprintf(stderr, "Did you mean '%s'?\n", nearest.c_str());
  std::fprintf(stderr, "'%s --help' lists what there is.\n", name.c_str());
  return kExitUsage;
}

void AddCommands(CLI::App& app, std::function<int()>* run) {
  AddServeCommand(app, run);
  AddClassifyCommand(app, run);
  AddBenchCommand(app, run);
  AddTuneCommand(app, run);
  AddProfileCommand(app, run);
  AddInspectCommand(app, run);
  AddValidateCommand(app, run);
  AddVerifyCommand(app, run);
  AddDevicesCommand(app, run);
  AddHealthCommand(app, run);
  AddVersionCommand(app, run);
  AddDemoCommand(app, run);
  AddDocsCommand(app, run);
}

int ParseAndRun(int argc, const char* const* argv) {
  CLI::App app(kDescription, "convoy");
  std::function<int()> run;
  app.footer(kExamples);
  app.formatter(std::make_shared<ExamplesFirst>());  // before the commands, which inherit it
  AddCommands(app, &run);
  app.set_version_flag("--version", std::string("convoy ") + kVersion);
  app.require_subcommand(1);
  AllowUnknownWords(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    if (app.remaining(true).empty()) return ReportUsage(app, error.what(), "");
  }
  const std::vector<std::string> unknown = app.remaining(true);
  if (!unknown.empty()) {
    return ReportUsage(app, "There is no '" + unknown.front() + "'.", unknown.front());
  }
  return run();
}

}  // namespace

int RunCommandLine(int argc, const char* const* argv) {
  try {
    return ParseAndRun(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "convoy: %s\n", error.what());
    return kExitFailure;
  }
}

}  // namespace convoy::cli
