#include "compute/cpu/omp_threads.h"

#include <limits.h>
#include <omp.h>
#include <stdlib.h>
#include <unistd.h>

namespace convoy::compute {

ScopedOmpThreads::ScopedOmpThreads(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ScopedOmpThreads::~ScopedOmpThreads() { omp_set_num_threads(before_); }

void RestartWithShortSpins(char* const* argv) {
  if (getenv("OMP_WAIT_POLICY") != nullptr || getenv("GOMP_SPINCOUNT") != nullptr) return;
  // Through its own name: started as /proc/self/exe the process would be called "exe".
  char program[PATH_MAX] = {};
  if (readlink("/proc/self/exe", program, sizeof(program) - 1) <= 0) return;
  if (setenv("GOMP_SPINCOUNT", kShortSpins, 0) != 0) return;
  execv(program, argv);
}

}  // namespace convoy::compute
