#include "cli/command_line.h"

int main(int argc, char** argv) { return convoy::cli::RunCommandLine(argc, argv); }
