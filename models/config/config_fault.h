// One thing that is wrong with a config, and with which of its fields. Plain data.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace convoy::models {

struct ConfigFault {
  std::string field;    // "input[1].dims", "parameters['image_size']"; empty: of no field
  absl::Status status;  // a sentence without the place
};

// What does not fit together, in the order in which it is found.
class ConfigFaults {
 public:
  // Notes an error of `field`; true when there was none.
  bool Check(std::string field, const absl::Status& status) {
    if (!status.ok()) list_.push_back({std::move(field), status});
    return status.ok();
  }
  const std::vector<ConfigFault>& list() const { return list_; }

 private:
  std::vector<ConfigFault> list_;
};

}  // namespace convoy::models
