// `convoy docs`: what is rendered from the code: pages of docs/, the man page, completions.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "cli/build_facts.h"
#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/man_page.h"
#include "cli/operators_page.h"
#include "models/config/field_table.h"
#include "server/options.h"

namespace convoy::cli {

namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  source <(convoy docs completion bash)      for this shell; zsh has the same\n"
    "  convoy docs completion fish | source\n"
    "  convoy docs man | man -l -                 the manual\n"
    "  convoy docs configuration                  every setting of the server";

using Renderer = std::string (*)(const Command& program);

const std::map<std::string, Renderer>& Shells() {
  static const std::map<std::string, Renderer> shells = {
      {"bash", RenderBashCompletion}, {"fish", RenderFishCompletion}, {"zsh", RenderZshCompletion}};
  return shells;
}

CLI::App* AddPage(CLI::App& docs, const std::string& name, const std::string& meaning,
                  std::function<int()>* run, const std::function<std::string()>& render) {
  CLI::App* page = docs.add_subcommand(name, meaning);
  page->callback([=] {
    *run = [=] {
      std::fputs(render().c_str(), stdout);
      return kExitOk;
    };
  });
  return page;
}

}  // namespace

void AddDocsCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* docs = app.add_subcommand("docs", "Print the manual, completions or a page of docs/");
  docs->footer(kExamples);
  docs->require_subcommand(1);
  AddPage(*docs, "configuration", "Every setting of the server (docs/configuration.md)", run,
          server::RenderConfigurationPage);
  AddPage(*docs, "model-configuration", "Fields of config.pbtxt (docs/model-configuration.md)", run,
          models::RenderFieldsPage);
  AddPage(*docs, "operators", "ONNX operators and where they run (docs/operators.md)", run,
          RenderOperatorsPage);
  AddPage(*docs, "man", "The manual page convoy(1)", run,
          [&app] { return RenderManPage(ReadCommandTree(app), kVersion); });
  const auto shell = std::make_shared<std::string>();
  AddPage(*docs, "completion", "Completion of commands, flags and values for a shell", run,
          [&app, shell] { return Shells().at(*shell)(ReadCommandTree(app)); })
      ->add_option("SHELL", *shell, "bash, fish or zsh")
      ->required()
      ->check(CLI::IsMember(Shells()));
}

}  // namespace convoy::cli
