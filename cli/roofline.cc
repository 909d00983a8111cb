#include "cli/roofline.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace convoy::cli {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// Independent sums: a multiply-add takes about 4 cycles and two start in each, so 8 keep the units
// busy; 16 vector registers hold 12 and the operands.
constexpr int kSums = 12;
constexpr int64_t kTurns = 20'000;  // between two looks at the clock: some 0.1 ms
constexpr int kRounds = 4;          // the best counts: other load only slows
constexpr Seconds kRoundTime{0.08};
constexpr int64_t kCopyBytes = int64_t{96} << 20;  // of all threads together, larger than caches

// Each loop returns its sums, lest the compiler drops it, and starts them differently, lest it
// computes one for all. The factor is below 1: sums stay finite.
struct FmaLoop {
  const char* instructions;
  int lanes;
  float (*run)(float factor, float addend);
};

// Vector extensions of GCC and Clang: SSE, NEON, ...
float RunVectors(float factor, float addend) {
  using Lanes = float __attribute__((vector_size(16)));
  Lanes sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = static_cast<float>(i) + Lanes{};
  const Lanes factors = factor + Lanes{};
  const Lanes addends = addend + Lanes{};
  for (int64_t turn = 0; turn < kTurns; ++turn) {
    for (Lanes& sum : sums) sum = sum * factors + addends;
  }
  for (const Lanes& sum : sums) sums[0] += sum;
  return sums[0][0];
}

#if defined(__x86_64__)
// One loop an instruction set: a template cannot carry the attribute of its argument.
[[gnu::target("avx2,fma")]] float RunAvx2(float factor, float addend) {
  __m256 sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm256_set1_ps(static_cast<float>(i));
  const __m256 factors = _mm256_set1_ps(factor);
  const __m256 addends = _mm256_set1_ps(addend);
  for (int64_t turn = 0; turn < kTurns; ++turn) {
    for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, factors, addends);
  }
  for (const __m256& sum : sums) sums[0] = _mm256_add_ps(sums[0], sum);
  return _mm256_cvtss_f32(sums[0]);
}

[[gnu::target("avx512f")]] float RunAvx512(float factor, float addend) {
  __m512 sums[kSums];
  for (int i = 0; i < kSums; ++i) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512 factors = _mm512_set1_ps(factor);
  const __m512 addends = _mm512_set1_ps(addend);
  for (int64_t turn = 0; turn < kTurns; ++turn) {
    for (__m512& sum : sums) sum = _mm512_fmadd_ps(sum, factors, addends);
  }
  for (const __m512& sum : sums) sums[0] = _mm512_add_ps(sums[0], sum);
  return _mm512_cvtss_f32(sums[0]);
}
#endif

FmaLoop BestLoop() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return {"AVX-512", 16, RunAvx512};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {"AVX2", 8, RunAvx2};
#endif
  return {"128-bit vectors", 4, RunVectors};
}

// What all threads get done a second. `work(thread)` does a little and returns how much.
double RateOf(int threads, const std::function<double(int)>& work) {
  std::vector<double> done(static_cast<size_t>(threads));
  std::latch start(threads);
  const auto run = [&](int thread) {
    start.arrive_and_wait();
    const Clock::time_point begin = Clock::now();
    double amount = 0;
    Seconds taken{0};
    while (taken < kRoundTime) {
      amount += work(thread);
      taken = Clock::now() - begin;
    }
    done[static_cast<size_t>(thread)] = amount / taken.count();
  };
  std::vector<std::thread> team;
  for (int thread = 1; thread < threads; ++thread) team.emplace_back(run, thread);
  run(0);
  for (std::thread& thread : team) thread.join();
  double rate = 0;
  for (const double one : done) rate += one;
  return rate;
}

double BestRateOf(int threads, const std::function<double(int)>& work) {
  double best = 0;
  for (int round = 0; round < kRounds; ++round) best = std::max(best, RateOf(threads, work));
  return best;
}

double MeasureFlops(int threads, const FmaLoop& loop) {
  volatile float factor = 0.5F;  // unknown to the compiler, which could compute the sums itself
  std::vector<float> sums(static_cast<size_t>(threads));
  return BestRateOf(threads, [&](int thread) {
    sums[static_cast<size_t>(thread)] += loop.run(factor, 1.0F);
    return static_cast<double>(2 * kTurns * kSums * loop.lanes);
  });
}

double MeasureCopy(int threads) {
  const auto bytes = static_cast<size_t>(kCopyBytes / threads);
  struct Buffers {
    std::vector<std::byte> from, to;
  };
  std::vector<Buffers> buffers(static_cast<size_t>(threads));
  for (Buffers& own : buffers) {
    own.from.assign(bytes, std::byte{1});
    own.to.assign(bytes, std::byte{2});
  }
  return BestRateOf(threads, [&](int thread) {
    Buffers& own = buffers[static_cast<size_t>(thread)];
    std::memcpy(own.to.data(), own.from.data(), bytes);
    std::swap(own.to, own.from);
    return 2.0 * static_cast<double>(bytes);
  });
}

}  // namespace

Roofline MeasureRoofline(int threads) {
  const FmaLoop loop = BestLoop();
  return {threads, loop.instructions, MeasureFlops(threads, loop), MeasureCopy(threads)};
}

double ShareOfRoof(const Roofline& roof, double flops, double bytes, double milliseconds) {
  if (milliseconds <= 0 || roof.flops_per_s <= 0 || roof.bytes_per_s <= 0) return 0;
  const double seconds = milliseconds * 1e-3;
  return std::max(flops / roof.flops_per_s, bytes / roof.bytes_per_s) / seconds;
}

std::string RoofText(const Roofline& roof) {
  return absl::StrFormat(
      "%.0f GF/s of multiply-adds (%s), %.1f GB/s of copying: measured now on %d thread%s",
      roof.flops_per_s * 1e-9, roof.instructions, roof.bytes_per_s * 1e-9, roof.threads,
      roof.threads == 1 ? "" : "s");
}

}  // namespace convoy::cli
