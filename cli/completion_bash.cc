#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/completion.h"

namespace convoy::cli {
namespace {

// Bash breaks --flag=value into three words.
constexpr char kFunction[] = R"(
_convoy_offer() {  # KIND [CHOICE...]
  local kind=$1
  shift
  case $kind in
    choices) mapfile -t COMPREPLY < <(compgen -W "$*" -- "$word") ;;
    files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
  esac
}

_convoy() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = && COMP_CWORD -gt 1 ]]; then
    before=${COMP_WORDS[COMP_CWORD-2]}
  fi
  local command= at=1 commands flags positional value
  _convoy_command ''
  while ((at < COMP_CWORD)) && [[ " $commands " == *" ${COMP_WORDS[at]} "* ]]; do
    command+="${command:+ }${COMP_WORDS[at]}"
    at=$((at + 1))
    _convoy_command "$command"
  done
  COMPREPLY=()
  if _convoy_value "$command $before"; then
    _convoy_offer $value
  elif [[ $word == -* ]]; then
    _convoy_offer choices $flags
  elif [[ -n $commands ]] && ((at == COMP_CWORD)); then
    _convoy_offer choices $commands
  else
    _convoy_offer $positional
  fi
}

complete -F _convoy convoy
)";

std::string OfferWords(const Argument& argument) {
  switch (argument.offer) {
    case Offer::kChoices:
      return "choices " + absl::StrJoin(argument.choices, " ");
    case Offer::kFiles:
      return "files";
    case Offer::kFolders:
      return "folders";
    case Offer::kNothing:
      break;
  }
  return "nothing";
}

std::string RenderCommand(const Command& command) {
  std::vector<std::string> commands;
  std::vector<std::string> flags;
  for (const Command& child : command.commands) {
    commands.push_back(child.name.substr(command.name.size() + 1));
  }
  for (const Argument& flag : command.flags) {
    flags.insert(flags.end(), flag.spellings.begin(), flag.spellings.end());
  }
  const std::string positional =
      command.positionals.empty() ? "nothing" : OfferWords(command.positionals.front());
  return absl::StrFormat(
      "    '%s')\n      commands='%s'\n      flags='%s'\n      positional='%s' ;;\n",
      WordsOf(command), absl::StrJoin(commands, " "), absl::StrJoin(flags, " "), positional);
}

std::string RenderValue(const Command& command, const Argument& flag) {
  std::vector<std::string> patterns;
  for (const std::string& spelling : flag.spellings) {
    patterns.push_back(absl::StrFormat("'%s %s'", WordsOf(command), spelling));
  }
  return absl::StrFormat("    %s) value='%s' ;;\n", absl::StrJoin(patterns, "|"), OfferWords(flag));
}

}  // namespace

std::string RenderBashCompletion(const Command& program) {
  std::string script =
      "# Completion of convoy for bash, rendered by `convoy docs completion bash`.\n\n"
      "_convoy_command() {  # WORDS: what the command of these words understands\n  case $1 in\n";
  for (const Command* command : AllCommands(program))
    absl::StrAppend(&script, RenderCommand(*command));
  absl::StrAppend(
      &script, "  esac\n}\n\n_convoy_value() {  # 'WORDS FLAG': fails where the flag takes none\n",
      "  case $1 in\n");
  for (const Command* command : AllCommands(program)) {
    for (const Argument& flag : command->flags) {
      if (flag.value.empty() || flag.value_optional) continue;
      absl::StrAppend(&script, RenderValue(*command, flag));
    }
  }
  absl::StrAppend(&script, "    *) return 1 ;;\n  esac\n}\n", kFunction);
  return script;
}

}  // namespace convoy::cli
