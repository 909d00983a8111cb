#include "compute/cpu/kernel_choice.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <limits>
#include <string>

#include "absl/strings/str_format.h"
#include "compute/base/cache_file.h"
#include "compute/cpu/cpu_facts.h"

namespace convoy::compute {
namespace {

constexpr int kRuns = 3;

// One file a processor and instruction set: a home folder may be shared by several.
std::string TuneFileName(const CpuFacts& cpu) {
  std::string name = absl::StrFormat("tune-cpu-%.60s-%s", cpu.model, cpu.isa);
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-'; }, '_');
  return name;
}

}  // namespace

KernelTuner MakeCpuTuner(TuneMode mode) {
  const CpuFacts cpu = ReadCpuFacts();
  const std::string key = absl::StrFormat("%s | %s | oneDNN %s | kernels %d", cpu.model, cpu.isa,
                                          cpu.onednn_version, kCpuKernelSet);
  return {mode, CacheFilePath(TuneFileName(cpu)), key};
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
