#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/completion.h"

namespace convoy::cli {
namespace {

constexpr char kFunction[] = R"(
function __convoy_at # WORDS: whether the command line begins with them
    set -l typed (commandline -opc)
    set -e typed[1]
    for word in $argv
        test "$typed[1]" = "$word"; or return 1
        set -e typed[1]
    end
end

)";

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

// This command is meant, and none below it.
std::string Condition(const Command& command) {
  std::string condition = "__convoy_at " + WordsOf(command);
  for (const Command& child : command.commands) {
    absl::StrAppend(&condition, "; and not __convoy_at ", WordsOf(child));
  }
  return Quoted(condition);
}

std::string Values(const Argument& argument) {
  switch (argument.offer) {
    case Offer::kChoices:
      return "-x -a " + Quoted(absl::StrJoin(argument.choices, " "));
    case Offer::kFiles:
      return "-r -F";
    case Offer::kFolders:
      return "-x -a '(__fish_complete_directories)'";
    case Offer::kNothing:
      break;
  }
  return "-x";
}

std::string RenderFlag(const std::string& start, const Argument& flag) {
  std::string line = start;
  for (const std::string& spelling : flag.spellings) {
    const bool is_long = spelling.starts_with("--");
    absl::StrAppend(&line, is_long ? " -l " : " -s ", spelling.substr(is_long ? 2 : 1));
  }
  // A value that may be left out is never the next word.
  if (!flag.value.empty() && !flag.value_optional) absl::StrAppend(&line, " ", Values(flag));
  return absl::StrCat(line, " -d ", Quoted(flag.meaning), "\n");
}

std::string RenderCommand(const Command& command) {
  const std::string start = absl::StrCat("complete -c convoy -n ", Condition(command));
  std::string lines;
  for (const Command& child : command.commands) {
    absl::StrAppend(&lines, start, " -a ", child.name.substr(command.name.size() + 1), " -d ",
                    Quoted(child.meaning), "\n");
  }
  for (const Argument& flag : command.flags) lines += RenderFlag(start, flag);
  for (const Argument& positional : command.positionals) {
    if (positional.offer == Offer::kNothing) continue;
    // -r speaks of a flag's value.
    const bool files = positional.offer == Offer::kFiles;
    absl::StrAppend(&lines, start, " ", files ? "-F" : Values(positional).substr(3), "\n");
  }
  return lines;
}

}  // namespace

std::string RenderFishCompletion(const Command& program) {
  std::string script =
      absl::StrCat("# Completion of convoy for fish, rendered by `convoy docs completion fish`.\n",
                   kFunction, "complete -c convoy -f\n");
  for (const Command* command : AllCommands(program)) script += RenderCommand(*command);
  return script;
}

}  // namespace convoy::cli
