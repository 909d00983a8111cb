// The settings of request traces as clients read and change them: global ones and, for a model, its
// own where they were set. Only what is to be traced is kept here; who traces asks For().
//
//   CONVOY_RETURN_IF_ERROR(settings.Update("lenet5", {{"trace_level", {"TIMESTAMPS"}}}));
//   if (settings.For("lenet5").timestamps) ...
//
// Keys: trace_level (OFF, TIMESTAMPS, TENSORS), trace_rate (one request of so many), trace_count
// (-1: no end), log_frequency. The file and the mode of traces are not for clients to choose.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace convoy::server {

struct TraceChoice {
  bool timestamps = false;
  bool tensors = false;
  int64_t rate = 1000;  // one request of so many is traced
  int64_t count = -1;   // traces still to be made; -1: without end
  int64_t log_frequency = 0;

  friend bool operator==(const TraceChoice&, const TraceChoice&) = default;
};

using SettingValues = std::map<std::string, std::vector<std::string>>;

class TraceSettings {
 public:
  // `model` is empty for the global settings. No values for a key clear it: a model's then follows
  // the global one, which follows the default. INVALID_ARGUMENT names the key, the value and what
  // is allowed; UNIMPLEMENTED for keys that are fixed. Then nothing has changed.
  absl::Status Update(const std::string& model, const SettingValues& changes);

  TraceChoice For(std::string_view model) const;

  // Whether a request for this model is one to trace: one of `rate`, of `count` at most. Every
  // request asks, so nothing is locked for one that is not traced; except where a model has
  // settings of its own.
  bool Take(std::string_view model);

  // The operator's choice: one request of so many is traced, whatever its model.
  void SetRate(int64_t rate);

  // As the protocol writes them, the fixed ones included.
  SettingValues ValuesFor(std::string_view model) const;

 private:
  struct Levels {
    bool timestamps = false;
    bool tensors = false;
  };
  // What was set; the rest follows.
  struct Own {
    std::optional<Levels> level;
    std::optional<int64_t> rate, count, log_frequency;
  };

  static absl::Status Set(const std::string& key, const std::vector<std::string>& values, Own& own);
  static absl::Status SetLevel(const std::vector<std::string>& values, Own& own);
  static void Overlay(const Own& own, TraceChoice& choice);
  // Called with mutex_ held.
  TraceChoice Resolve(std::string_view model) const;
  bool CountDown(std::string_view model, const TraceChoice& choice);
  void Publish();

  // What Take reads without a lock: see Publish.
  static constexpr int64_t kNobody = 0, kAskTheModel = -1;
  std::atomic<int64_t> every_{kNobody};  // one of so many is traced, or one of the two above
  std::atomic<int64_t> requests_{0};     // that Take has seen while timestamps were on

  mutable std::mutex mutex_;  // guards what follows
  Own global_;
  std::map<std::string, Own, std::less<>> models_;
};

}  // namespace convoy::server
