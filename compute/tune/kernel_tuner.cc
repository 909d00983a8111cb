#include "compute/tune/kernel_tuner.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_format.h"
#include "compute/base/cache_file.h"
#include "compute/base/log.h"

namespace convoy::compute {
namespace {

// Of kernels that were timed, fastest first, those that are candidates now.
std::vector<TimedKernel> StillCandidates(const std::vector<TimedKernel>* timed,
                                         std::span<const std::string> candidates) {
  std::vector<TimedKernel> still;
  if (timed == nullptr) return still;
  for (const TimedKernel& one : *timed) {
    if (std::ranges::find(candidates, one.kernel) != candidates.end()) still.push_back(one);
  }
  return still;
}

// "timed: 1.24 ms against 1.61 of direct"
std::string WhyFastest(std::string_view source, const std::vector<TimedKernel>& timed) {
  std::string why = absl::StrFormat("%s: %.3g ms", source, timed[0].milliseconds);
  if (timed.size() > 2) absl::StrAppendFormat(&why, ", best of %d,", timed.size());
  if (timed.size() > 1) {
    absl::StrAppendFormat(&why, " against %.3g of %s", timed[1].milliseconds, timed[1].kernel);
  }
  return why;
}

}  // namespace

KernelChoice KernelTuner::Choose(std::string_view problem, std::span<const std::string> candidates,
                                 const std::function<std::vector<TimedKernel>()>& measure) {
  const KernelChoice by_rule{candidates.front(), "", {}};
  if (mode_ == TuneMode::kOff || candidates.size() == 1) return by_rule;
  absl::MutexLock lock(&mutex_);
  std::vector<TimedKernel> known = StillCandidates(table_.Find(problem), candidates);
  if (known.empty()) {
    if (measure == nullptr) return by_rule;
    table_.Put(problem, measure());
    known = StillCandidates(table_.Find(problem), candidates);
    if (known.empty()) return by_rule;
    timed_.emplace(problem);
    must_write_ = true;
  }
  const std::string_view source = timed_.contains(problem) ? "timed" : "tune file";
  return {known.front().kernel, WhyFastest(source, known), known};
}

void KernelTuner::Load() {
  if (mode_ == TuneMode::kOff || file_.empty()) return;
  absl::MutexLock lock(&mutex_);
  if (const std::optional<TuneTable> file = ReadFile()) table_.Adopt(*file);
}

void KernelTuner::Save() {
  if (mode_ == TuneMode::kOff || file_.empty()) return;
  absl::MutexLock lock(&mutex_);
  if (!must_write_) return;
  must_write_ = false;
  TuneTable merged = ReadFile().value_or(TuneTable());
  for (const std::string& problem : timed_) {
    if (const auto* kernels = table_.Find(problem)) merged.Put(problem, *kernels);
  }
  if (WriteCacheFile(file_, SealCache(key_, merged.ToText())) || unwritable_) return;
  unwritable_ = true;
  LogWarning("the tune file '%s' cannot be written: the next start times kernels again", file_);
}

std::optional<TuneTable> KernelTuner::ReadFile() {
  const std::optional<std::string> sealed = ReadCacheFile(file_);
  if (!sealed.has_value()) return std::nullopt;
  const std::optional<std::string> text = OpenSealedCache(key_, *sealed);
  std::optional<TuneTable> table = text.has_value() ? TuneTable::Parse(*text) : std::nullopt;
  if (!table.has_value() && !refused_) {
    LogInfo("the tune file '%s' is damaged or was written for other kernels; it is made anew",
            file_);
    refused_ = true;
    must_write_ = true;
  }
  return table;
}

}  // namespace convoy::compute
