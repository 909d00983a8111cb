#include "cli/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/str_split.h"

namespace convoy::cli {
namespace {

const std::vector<std::string>& Devices() {
  static const std::vector<std::string> devices = {"auto", "cpu", "reference", "vulkan"};
  return devices;
}

// "off|slow:MS|all" -> off, slow:, all: what a user fills in, in capitals, is left to the user.
std::vector<std::string> ChoicesOf(const std::string& alternatives, char separator) {
  std::vector<std::string> choices;
  for (const absl::string_view alternative : absl::StrSplit(alternatives, separator)) {
    std::string choice(alternative);
    choice.resize(std::min(choice.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), choice.size()));
    choices.push_back(choice);
  }
  return choices;
}

// CLI11 writes "INT:INT in [1 - 9]" and "TEXT:{a,b}" of a type and its check.
void TakeType(const std::string& type, Argument& argument) {
  const size_t set = type.find(":{");
  const size_t range = type.find(" in [");
  if (set != std::string::npos) {
    argument.value = type.substr(0, set);
    argument.choices = ChoicesOf(type.substr(set + 2, type.find('}') - set - 2), ',');
  } else if (range != std::string::npos) {
    argument.value = type.substr(0, type.find(':'));
    argument.range = type.substr(range + 5, type.find(']') - range - 5);
  } else {
    argument.value = type;
    if (type.find('|') != std::string::npos) argument.choices = ChoicesOf(type, '|');
  }
}

Offer OfferOf(const Argument& argument) {
  const std::string& value = argument.value;
  if (!argument.choices.empty()) return Offer::kChoices;
  if (value == "DIR") return Offer::kFolders;
  const bool file = value.find("FILE") != std::string::npos;
  return file || argument.spellings.empty() ? Offer::kFiles : Offer::kNothing;
}

Argument ReadOption(const CLI::Option& option) {
  Argument argument;
  for (const std::string& name : option.get_snames()) argument.spellings.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.spellings.push_back("--" + name);
  argument.meaning = option.get_description();
  argument.variable = option.get_envname();
  argument.initial = option.get_default_str();
  argument.repeats = option.get_expected_max() > 1;
  if (option.get_items_expected_max() > 0) {  // else a flag without value
    TakeType(option.get_type_name(), argument);
    argument.value_optional = option.get_items_expected_min() == 0;
    const bool device = std::ranges::count(argument.spellings, "--device") > 0;
    if (device) argument.choices = Devices();
    if (argument.value == "BOOL") argument.choices = {"true", "false"};
  }
  if (option.get_positional()) argument.value = option.get_name(true);
  if (!argument.value.empty()) argument.offer = OfferOf(argument);
  return argument;
}

Command ReadCommand(const CLI::App& app, const std::string& name) {
  Command command{.name = name, .meaning = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    if (option->get_description().empty()) continue;
    auto& arguments = option->get_positional() ? command.positionals : command.flags;
    arguments.push_back(ReadOption(*option));
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (child->get_description().empty()) continue;
    command.commands.push_back(ReadCommand(*child, name + " " + child->get_name()));
    std::string& footer = command.commands.back().footer;
    if (footer == command.footer) footer.clear();  // inherited
  }
  return command;
}

}  // namespace

Command ReadCommandTree(const CLI::App& app) { return ReadCommand(app, app.get_name()); }

std::vector<const Command*> AllCommands(const Command& command) {
  std::vector<const Command*> all = {&command};
  for (const Command& child : command.commands) {
    const std::vector<const Command*> below = AllCommands(child);
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

std::string WordsOf(const Command& command) {
  const size_t space = command.name.find(' ');
  return space == std::string::npos ? "" : command.name.substr(space + 1);
}

}  // namespace convoy::cli
