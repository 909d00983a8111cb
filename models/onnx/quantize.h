// The steps of which quantised ONNX operators are composed:
//
//   quantise      saturate(round(x / scale) + zero_point), halves to even
//   dequantise    (x - zero_point) * scale
//
// Each function appends nodes; one whose inputs are constants leaves a constant, so that INT8
// weights behind DequantizeLinear are FP32 weights when the model is loaded. A zero point of
// kNoValue is 0. Used while one node is imported.
#pragma once

#include "absl/status/statusor.h"
#include "models/onnx/node_import.h"
#include "models/onnx/tensor_data.h"

namespace convoy::models {

// The value itself where nothing is to be done.
absl::StatusOr<ValueId> CastTo(NodeImport& node, ValueId value, compute::DType to);
absl::StatusOr<ValueId> Reshaped(NodeImport& node, ValueId value, const compute::Shape& shape);
// Input `i` as a number where it has one element, else with `ones` dimensions of 1 behind its own
// where it is a list: one entry a row, a channel, a filter.
absl::StatusOr<ValueId> WithOnes(NodeImport& node, int i, int ones);

// value - zero_point as FP32.
absl::StatusOr<ValueId> Centred(NodeImport& node, ValueId value, ValueId zero_point);

// round(value) + zero_point as `to`; what that cannot hold becomes its nearest number. `value` is
// FP32.
absl::StatusOr<ValueId> Saturated(NodeImport& node, ValueId value, ValueId zero_point,
                                  compute::DType to);

}  // namespace convoy::models
