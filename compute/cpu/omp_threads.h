// OpenMP, which oneDNN runs its kernels on: how many threads it uses, and how they wait.
//
// Waiting is the trap. A thread of libgomp's team that has nothing to do spins for up to a
// millisecond before it sleeps. On a quiet machine that makes ResNet-50 on two cores 1.6 times as
// fast as sleeping at once; where other processes want the same cores, it makes it five times
// slower. Spinning for some ten microseconds (kShortSpins) keeps nearly all of the gain and little
// of the loss. libgomp reads the setting while the program is loaded, so a process can only change
// it by starting again. With one thread there is no team and nothing spins.
#pragma once

namespace convoy::compute {

// Sets the number of OpenMP threads of the calling thread, for one scope. OpenMP keeps that number
// per thread, so whoever compiles or runs a session sets it first; kernels are built for the number
// they will run with.
class ScopedOmpThreads {
 public:
  explicit ScopedOmpThreads(int threads);
  ~ScopedOmpThreads();
  ScopedOmpThreads(const ScopedOmpThreads&) = delete;
  ScopedOmpThreads& operator=(const ScopedOmpThreads&) = delete;

 private:
  int before_;
};

inline constexpr char kShortSpins[] = "2000";

// Starts the program again with GOMP_SPINCOUNT=kShortSpins in its environment; returns where that
// variable or OMP_WAIT_POLICY is set already, and where starting again fails. The first line of
// main, for open files and threads would not survive.
void RestartWithShortSpins(char* const* argv);

}  // namespace convoy::compute
