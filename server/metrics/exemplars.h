// The latest traced request of each bucket of a histogram: what leads from a slow bucket on a
// dashboard to a trace. Only traced requests come here, so it may lock. Thread-safe.
//
//   exemplars.Set("convoy_request_duration_seconds", labels, 0.05, {.trace_id = id, .value =
//   0.03});
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

#include "absl/time/time.h"

namespace convoy::server {

struct Exemplar {
  std::string trace_id;
  double value = 0;
  absl::Time time;
};

class Exemplars {
 public:
  using Labels = std::map<std::string, std::string>;

  // `bound` is the upper bound of the bucket; infinite for the last.
  void Set(const std::string& family, const Labels& labels, double bound, Exemplar exemplar) {
    const std::lock_guard lock(mutex_);
    latest_[{family, labels, bound}] = std::move(exemplar);
  }

  std::optional<Exemplar> Find(const std::string& family, const Labels& labels,
                               double bound) const {
    const std::lock_guard lock(mutex_);
    const auto found = latest_.find({family, labels, bound});
    return found == latest_.end() ? std::nullopt : std::optional<Exemplar>(found->second);
  }

 private:
  mutable std::mutex mutex_;  // guards latest_
  std::map<std::tuple<std::string, Labels, double>, Exemplar> latest_;
};

}  // namespace convoy::server
