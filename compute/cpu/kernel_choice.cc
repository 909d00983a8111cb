#include "compute/cpu/kernel_choice.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace convoy::compute {
namespace {

constexpr int kRuns = 3;

}  // namespace

KernelChoice KernelChoices::Get(const std::string& signature,
                                const std::function<KernelChoice()>& measure) {
  absl::MutexLock lock(&mutex_);
  const auto found = choices_.find(signature);
  if (found != choices_.end()) return found->second;
  return choices_[signature] = measure();
}

double LeastMilliseconds(const std::function<void()>& run) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i <= kRuns; ++i) {
    const auto start = std::chrono::steady_clock::now();
    run();
    const double elapsed = Milliseconds(std::chrono::steady_clock::now() - start).count();
    if (i > 0) least = std::min(least, elapsed);
  }
  return least;
}

}  // namespace convoy::compute
