// Changes the fields of a config.pbtxt that say how a model is batched, and leaves everything else,
// comments and layout included, as it stands. Pure.
//
//   CONVOY_ASSIGN_OR_RETURN(const EditedConfig edited,
//                           EditConfig(text, {.max_batch_size = 16}, {"p99 is 12 ms"}));
//   edited.text;        // "# convoy tune: p99 is 12 ms\n..."
//   edited.changes;     // "max_batch_size: 8 -> 16"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace convoy::models {

// What is to be set; absent: left alone. Zero or an empty list takes the field out, which means the
// same, but for max_batch_size.
struct BatchingEdit {
  std::optional<int64_t> max_batch_size;
  std::optional<int64_t> max_queue_delay_us;
  std::optional<std::vector<int64_t>> preferred_batch_sizes;
  std::optional<int64_t> instance_count;  // of the first instance group
};

struct EditedConfig {
  std::string text;
  std::vector<std::string> changes;  // "max_batch_size: 8 -> 16", a field each; empty: none
  bool rewritten = false;            // comments were lost: the text had to be printed anew
};

// `text` is that of a config.pbtxt, or empty. Each of `comments` becomes a line at the top that
// begins with kTuneComment, in place of those that already do; control characters in it become
// spaces. INVALID_ARGUMENT when the text cannot be read, FAILED_PRECONDITION when a count is to be
// set where there are several groups.
inline constexpr char kTuneComment[] = "# convoy tune: ";
absl::StatusOr<EditedConfig> EditConfig(const std::string& text, const BatchingEdit& edit,
                                        const std::vector<std::string>& comments);

}  // namespace convoy::models
