// The command line of `convoy`: from argv to an exit code.
#pragma once

namespace convoy::cli {

// Parses, runs the subcommand, and returns its exit code; kExitUsage, with the nearest known word,
// when the command line is wrong.
int RunCommandLine(int argc, const char* const* argv);

}  // namespace convoy::cli
