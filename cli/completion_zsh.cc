#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cli/completion.h"

namespace convoy::cli {
namespace {

// `text` inside single quotes.
std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// What _arguments takes between brackets, and what it takes between colons.
std::string Explanation(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string FunctionOf(const Command& command) {
  return absl::StrCat("_", absl::StrReplaceAll(command.name, {{" ", "_"}}));
}

std::string Action(const Argument& argument) {
  switch (argument.offer) {
    case Offer::kChoices:
      return absl::StrFormat("(%s)", Explanation(absl::StrJoin(argument.choices, " ")));
    case Offer::kFiles:
      return "_files";
    case Offer::kFolders:
      return "_files -/";
    case Offer::kNothing:
      break;
  }
  return " ";
}

// One line for each spelling; with a value also as --flag=value.
std::string RenderFlag(const Argument& flag) {
  std::string lines;
  const std::string others =
      flag.repeats ? "*" : absl::StrFormat("(%s)", absl::StrJoin(flag.spellings, " "));
  for (const std::string& spelling : flag.spellings) {
    std::string spec = absl::StrCat(others, spelling);
    if (!flag.value.empty()) spec += spelling.starts_with("--") ? "=" : "+";
    absl::StrAppend(&spec, "[", Explanation(flag.meaning), "]");
    if (!flag.value.empty()) {
      absl::StrAppend(&spec, flag.value_optional ? "::" : ":", Explanation(flag.value), ":",
                      Action(flag));
    }
    absl::StrAppend(&lines, "    ", Quoted(spec), " \\\n");
  }
  return lines;
}

std::string RenderPositional(const Argument& positional) {
  const std::string spec = absl::StrCat(positional.repeats ? "*:" : ":",
                                        Explanation(positional.value), ":", Action(positional));
  return absl::StrCat("    ", Quoted(spec), " \\\n");
}

// Goes on in the function of the subcommand that was typed.
std::string RenderDescent(const Command& command) {
  std::string lines = "  case $state in\n    command)\n      local -a commands=(\n";
  std::string cases;
  for (const Command& child : command.commands) {
    const std::string name = child.name.substr(command.name.size() + 1);
    absl::StrAppend(&lines, "        ", Quoted(absl::StrCat(name, ":", child.meaning)), "\n");
    absl::StrAppend(&cases, "        ", name, ") ", FunctionOf(child), " ;;\n");
  }
  return absl::StrCat(lines, "      )\n      _describe command commands ;;\n",
                      "    words)\n      case $words[1] in\n", cases, "      esac ;;\n  esac\n");
}

std::string RenderFunction(const Command& command) {
  std::string script = FunctionOf(command) + "() {\n";
  const bool descends = !command.commands.empty();
  if (descends) script += "  local curcontext=$curcontext state line\n";
  absl::StrAppend(&script, "  _arguments ", descends ? "-C " : "", "\\\n");
  for (const Argument& flag : command.flags) script += RenderFlag(flag);
  for (const Argument& positional : command.positionals) script += RenderPositional(positional);
  if (descends) script += "    ': :->command' '*:: :->words' \\\n";
  script.resize(script.size() - 3);  // the last " \" and its line
  script += "\n";
  if (descends) script += RenderDescent(command);
  return script + "}\n\n";
}

}  // namespace

std::string RenderZshCompletion(const Command& program) {
  std::string script =
      "#compdef convoy\n"
      "# Completion of convoy for zsh, rendered by `convoy docs completion zsh`.\n\n";
  for (const Command* command : AllCommands(program)) script += RenderFunction(*command);
  // Autoloaded, the file is the body of _convoy; sourced, it has to be announced.
  return script +
         "if [[ $funcstack[1] == _convoy ]]; then\n  _convoy \"$@\"\nelse\n  compdef _convoy "
         "convoy\nfi\n";
}

}  // namespace convoy::cli
