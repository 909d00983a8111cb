// NumPy's .npy files as tensors. Pure.
//
// Format: numpy.lib.format, versions 1.0 to 3.0, C order, little-endian numbers and booleans.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "client/client.h"

namespace convoy::client {

// The tensor has no name. INVALID_ARGUMENT says what is wrong: another file, an order or type that
// a model does not take, or too few bytes.
absl::StatusOr<Tensor> ParseNpy(std::string_view file);

}  // namespace convoy::client
