#include "cli/man_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace convoy::cli {
namespace {

constexpr char kExitStatus[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\nDone.\n"
    ".TP\n1\nThe work failed, or a check of it did.\n"
    ".TP\n2\nThe command line is wrong.\n";

// Text of a line: no character of it is a request.
std::string Escaped(const std::string& text) {
  std::string escaped = absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}});
  if (escaped.starts_with('.') || escaped.starts_with('\'')) escaped.insert(0, "\\&");
  return escaped;
}

std::string Bold(const std::string& text) { return absl::StrCat("\\fB", Escaped(text), "\\fR"); }
std::string Italic(const std::string& text) { return absl::StrCat("\\fI", Escaped(text), "\\fR"); }

std::string ValueText(const Argument& argument, const char* before) {
  if (argument.value.empty()) return "";
  const std::string value = before + Italic(argument.value);
  return absl::StrCat(argument.value_optional ? "[" : "", value, argument.value_optional ? "]" : "",
                      argument.repeats ? " ..." : "");
}

std::string RenderFlag(const Argument& flag) {
  std::vector<std::string> spellings;
  for (const std::string& spelling : flag.spellings) spellings.push_back(Bold(spelling));
  std::string text =
      absl::StrCat(".TP\n", absl::StrJoin(spellings, ", "),
                   ValueText(flag, flag.value_optional ? "=" : " "), "\n", Escaped(flag.meaning));
  if (!flag.range.empty()) absl::StrAppend(&text, " (", Escaped(flag.range), ")");
  if (!flag.initial.empty()) absl::StrAppend(&text, " [", Escaped(flag.initial), "]");
  if (!flag.variable.empty()) absl::StrAppend(&text, "; environment: ", Escaped(flag.variable));
  return text + ".\n";
}

// Indented lines keep their breaks; the others are paragraphs.
std::string RenderFooter(const std::string& footer) {
  std::string text;
  bool example = false;
  const std::vector<std::string> lines = absl::StrSplit(footer, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    const bool indented = line.starts_with("  ");
    if (example && !indented) text += ".EE\n.RE\n";
    if (!example && indented) text += ".PP\n.RS 4\n.EX\n";
    if (!indented) text += ".PP\n";
    absl::StrAppend(&text, Escaped(indented ? line.substr(2) : line), "\n");
    example = indented;
  }
  return text + (example ? ".EE\n.RE\n" : "");
}

std::string Synopsis(const Command& command) {
  std::string text = Bold(command.name);
  if (!command.flags.empty()) absl::StrAppend(&text, " [", Italic("OPTIONS"), "]");
  if (!command.commands.empty()) absl::StrAppend(&text, " ", Italic("COMMAND"));
  for (const Argument& positional : command.positionals) text += ValueText(positional, " ");
  return text + "\n";
}

std::string RenderArguments(const Command& command) {
  std::string text;
  for (const Argument& positional : command.positionals) {
    absl::StrAppend(&text, ".TP\n", Italic(positional.value), "\n", Escaped(positional.meaning),
                    ".\n");
  }
  for (const Argument& flag : command.flags) text += RenderFlag(flag);
  return text;
}

std::string RenderCommand(const Command& command) {
  return absl::StrCat(".SS ", Escaped(command.name), "\n", Escaped(command.meaning), ".\n.PP\n",
                      Synopsis(command), RenderFooter(command.footer), RenderArguments(command));
}

}  // namespace

std::string RenderManPage(const Command& program, const std::string& version) {
  std::string page = absl::StrFormat(
      ".\\\" Rendered by `convoy docs man`.\n.TH CONVOY 1 \"\" \"convoy %s\" \"User Commands\"\n"
      ".SH NAME\nconvoy \\- serve convolutional networks over gRPC\n.SH SYNOPSIS\n",
      version);
  absl::StrAppend(&page, Synopsis(program), ".SH DESCRIPTION\n", Escaped(program.meaning), "\n",
                  RenderFooter(program.footer), ".SH OPTIONS\n", RenderArguments(program),
                  ".SH COMMANDS\n");
  for (const Command* command : AllCommands(program)) {
    if (command != &program) page += RenderCommand(*command);
  }
  return page + kExitStatus;
}

}  // namespace convoy::cli
