// perf_analyzer's --input-data files: JSON with the values of a model's inputs. Pure.
//
//   {"data": [{"INPUT0": [1, 2, 3]},
//             {"INPUT0": {"content": [1, 2, 3], "shape": [3]}},
//             {"INPUT0": {"b64": "AACAPw=="}}]}
//
// "data" may also be a list of such lists (streams of steps); their steps are sent in turn.
// Numbers are flat or nested; strings are elements of BYTES inputs; b64 is a tensor's raw bytes.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/bench/samples.h"

namespace convoy::client {

// INVALID_ARGUMENT says where the text is wrong. Open dimensions of the model need a "shape".
absl::StatusOr<std::vector<Sample>> ParseInputData(std::string_view text,
                                                   const ModelDescription& model);

}  // namespace convoy::client
