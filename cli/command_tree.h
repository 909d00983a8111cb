// What the command line understands, read from the very tree that parses it: commands, flags and
// their values. The man page and the completions of shells are rendered from it, so that they
// cannot fall behind. Plain data; pure.
//
//   const Command program = ReadCommandTree(app);
//   std::fputs(RenderManPage(program, kVersion).c_str(), stdout);
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace convoy::cli {

// What a shell offers as a value.
enum class Offer { kNothing, kChoices, kFiles, kFolders };

struct Argument {
  std::vector<std::string> spellings;  // "-u", "--url"; none of a positional
  std::string value;                   // "HOST:PORT", a positional's "PATH"; empty: takes none
  bool value_optional = false;
  bool repeats = false;
  std::string meaning;   // without full stop
  std::string range;     // of a number: "1 - 1024"; empty: not stated
  std::string initial;   // the default as a text; empty: none, or `meaning` tells it
  std::string variable;  // of the environment; empty: none
  Offer offer = Offer::kNothing;
  std::vector<std::string> choices;  // with Offer::kChoices
};

struct Command {
  std::string name;  // "convoy", "convoy bench", "convoy bench compare"
  std::string meaning;
  std::string footer;  // examples and notes, as --help shows them; empty: has none of its own
  std::vector<Argument> flags;
  std::vector<Argument> positionals;
  std::vector<Command> commands;
};

// Flags and commands without a description, which are spellings of other programs, are left out.
// Those that --help leaves out for want of room are not.
Command ReadCommandTree(const CLI::App& app);

// `command` and all below it, outer ones first.
std::vector<const Command*> AllCommands(const Command& command);

// What behind the program's name asks for it: "bench compare"; empty for the program itself.
std::string WordsOf(const Command& command);

}  // namespace convoy::cli
