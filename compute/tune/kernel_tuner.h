// Chooses among the kernels of one device by what was timed: in this process, or by an earlier one
// whose tune file lies in the cache folder. So two starts of one server choose alike, and the
// second does not time again.
//
//   KernelTuner tuner(TuneMode::kAuto, CacheFilePath("tune-..."), "what the times hold for");
//   tuner.Load();
//   const KernelChoice choice = tuner.Choose(problem, {"direct", "winograd"}, measure);
//   tuner.Save();
//
// The file is sealed (compute/base/cache_file.h) by its key: what the device is and which kernels
// there are. One that is damaged or was written for another key says nothing and is written anew.
// Processes that write at once never leave half a file; of two that time the same problem, the
// later one's word stays.
//
// Thread-safe. One measurement runs at a time: two would disturb each other.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "compute/tune/tune_mode.h"
#include "compute/tune/tune_table.h"

namespace convoy::compute {

struct KernelChoice {
  std::string kernel;
  std::string why;                 // one clause with the figures; empty where the rules chose
  std::vector<TimedKernel> timed;  // of the candidates, fastest first; empty where the rules chose
};

class KernelTuner {
 public:
  // `file` is empty where there is no cache folder: then choices last as long as the tuner. `key`
  // is one line.
  KernelTuner(TuneMode mode, std::string file, std::string key)
      : mode_(mode), file_(std::move(file)), key_(std::move(key)) {}

  TuneMode mode() const { return mode_; }

  // The fastest of `candidates` that is known for the problem. Where none is, the fastest that
  // `measure` times (those of them whose answer is right); without `measure`, or when it times
  // none, and always with kOff, the first candidate, which is the rules' choice.
  KernelChoice Choose(std::string_view problem, std::span<const std::string> candidates,
                      const std::function<std::vector<TimedKernel>()>& measure);

  // Before a plan is compiled: adopts what the file knows by now.
  void Load();
  // After it: writes what was timed since the last time, beside what other processes wrote.
  void Save();

 private:
  // What the file holds; nothing where it is absent, damaged or foreign.
  std::optional<TuneTable> ReadFile() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const TuneMode mode_;
  const std::string file_;
  const std::string key_;
  absl::Mutex mutex_;
  TuneTable table_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> timed_ ABSL_GUARDED_BY(mutex_);  // problems, in this process
  bool must_write_ ABSL_GUARDED_BY(mutex_) = false;
  bool refused_ ABSL_GUARDED_BY(mutex_) = false;     // the file, once, and the log says so
  bool unwritable_ ABSL_GUARDED_BY(mutex_) = false;  // likewise
};

}  // namespace convoy::compute
