// `convoy docs PAGE`: the pages of docs/ that are rendered from code.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/operators_page.h"
#include "server/options.h"

namespace convoy::cli {

void AddDocsCommand(CLI::App& app, std::function<int()>* run) {
  CLI::App* command = app.add_subcommand("docs", "Print a page that is rendered from the code");
  const auto page = std::make_shared<std::string>();
  command->add_option("PAGE", *page, "configuration or operators")
      ->required()
      ->check(CLI::IsMember({"configuration", "operators"}));
  command->group("");  // for the makefile, not for users
  command->callback([=] {
    *run = [=] {
      std::fputs((*page == "operators" ? RenderOperatorsPage() : server::RenderConfigurationPage())
                     .c_str(),
                 stdout);
      return kExitOk;
    };
  });
}

}  // namespace convoy::cli
