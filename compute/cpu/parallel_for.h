// Loops of our own kernels, spread over the threads that oneDNN's kernels use too (OpenMP's team of
// the calling thread, see omp_threads.h).
//
//   ParallelFor(rows, [&](int64_t begin, int64_t end) { for (row = begin; row < end; ++row) ... });
//
// Every thread gets one run of neighbouring indices, and returns before ParallelFor does. The body
// must write what is its own: which thread does what depends on the number of threads, answers must
// not.
#pragma once

#include <cstdint>

namespace convoy::compute {

// How many threads ParallelFor uses when the calling thread calls it.
int ParallelThreads();

namespace internal {
void RunParallel(int64_t count, void (*call)(const void* body, int64_t begin, int64_t end),
                 const void* body);
}  // namespace internal

template <typename Body>
void ParallelFor(int64_t count, const Body& body) {
  internal::RunParallel(
      count,
      [](const void* erased, int64_t begin, int64_t end) {
        (*static_cast<const Body*>(erased))(begin, end);
      },
      &body);
}

}  // namespace convoy::compute
