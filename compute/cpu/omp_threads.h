// How many OpenMP threads oneDNN uses in the calling thread, for one scope.
//
// OpenMP keeps that number per thread, so whoever compiles or runs a session sets it first; kernels
// are built for the number they will run with.
//
// Waiting: libgomp's team spins for a bounded time (GOMP_SPINCOUNT; about a millisecond, far
// shorter where more threads than cores exist) before it sleeps. It reads OMP_WAIT_POLICY once,
// while the program is loaded, so a process cannot change it for itself: set
// OMP_WAIT_POLICY=passive in the environment where other work shares the cores. With one thread
// there is no team and nothing spins.
#pragma once

namespace convoy::compute {

class ScopedOmpThreads {
 public:
  explicit ScopedOmpThreads(int threads);
  ~ScopedOmpThreads();
  ScopedOmpThreads(const ScopedOmpThreads&) = delete;
  ScopedOmpThreads& operator=(const ScopedOmpThreads&) = delete;

 private:
  int before_;
};

}  // namespace convoy::compute
