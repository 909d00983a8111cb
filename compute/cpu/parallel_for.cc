#include "compute/cpu/parallel_for.h"

#include <omp.h>

#include <algorithm>

namespace convoy::compute {

int ParallelThreads() { return omp_get_max_threads(); }

namespace internal {

void RunParallel(int64_t count, void (*call)(const void* body, int64_t begin, int64_t end),
                 const void* body) {
  const int64_t threads = std::min<int64_t>(omp_get_max_threads(), count);
  if (threads <= 1) {
    if (count > 0) call(body, 0, count);
    return;
  }
#pragma omp parallel num_threads(static_cast <int>(threads))
  {
    const int64_t team = omp_get_num_threads();
    const int64_t self = omp_get_thread_num();
    const int64_t begin = count * self / team;
    const int64_t end = count * (self + 1) / team;
    if (begin < end) call(body, begin, end);
  }
}

}  // namespace internal
}  // namespace convoy::compute
