// `convoy docs PAGE`: the pages of docs/ that are rendered from code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/operators_page.h"
#include "models/config/field_table.h"
#include "server/options.h"

namespace convoy::cli {

namespace {

const std::map<std::string, std::string (*)()>& Pages() {
  static const std::map<std::string, std::string (*)()> pages = {
      {"configuration", server::RenderConfigurationPage},
      {"model-configuration", models::RenderFieldsPage},
      {"operators", RenderOperatorsPage}};
  return pages;
}

}  // namespace

void AddDocsCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand("docs", "Print a page that is rendered from the code");
  const auto page = std::make_shared<std::string>();
  command->add_option("PAGE", *page, "configuration, model-configuration or operators")
      ->required()
      ->check(CLI::IsMember(Pages()));
  command->group("");  // for the makefile, not for users
  command->callback([=] {
    *run = [=] {
      std::fputs(Pages().at(*page)().c_str(), stdout);
      return kExitOk;
    };
  });
}

}  // namespace convoy::cli
