#include "cli/command_line.h"
#include "compute/cpu/omp_threads.h"

int main(int argc, char** argv) {
  convoy::compute::RestartWithShortSpins(argv);
  return convoy::cli::RunCommandLine(argc, argv);
}
