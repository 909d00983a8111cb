// What the operators' rule files (<file>.cc) share: checks of inputs, output specs, costs and
// attribute text. Pure and thread-safe. Every message names the operator, the given value and the
// limit.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compute/ops/elementwise/activation.h"
#include "compute/ops/op_types.h"
#include "compute/tensor/shape.h"
#include "compute/tensor/tensor.h"

namespace convoy::compute {

// What the inputs of an operator may hold. FP16 and FP64 are types of graph inputs and outputs only
// (docs/decisions/0004): nothing but Cast takes them.
enum class ElementTypes {
  kFloat,    // FP32
  kNumbers,  // FP32 and all integers
  kAny,      // FP32, all integers, BOOL
};

// Between `least` and `most` inputs, all of `types`, no empty dimension, each within
// kMaxTensorElements.
absl::Status CheckInputs(std::string_view op, std::span<const TensorSpec> inputs, size_t least,
                         size_t most, ElementTypes types = ElementTypes::kFloat);
// All inputs have the type of the first.
absl::Status CheckOneType(std::string_view op, std::span<const TensorSpec> inputs);
// No empty dimension, within kMaxTensorElements.
absl::Status CheckExtent(std::string_view op, std::string_view name, const Shape& shape);

// `name` is the operand's name in the operator's contract: "w", "bias", ...
absl::Status CheckRank(std::string_view op, std::string_view name, const Shape& shape, int least,
                       int most);
absl::Status CheckShape(std::string_view op, std::string_view name, const Shape& given,
                        const Shape& expected);
absl::Status CheckAxis(std::string_view op, int axis, int rank);

// Slopes and bounds that are no numbers are refused.
absl::Status CheckActivation(std::string_view op, const ActivationParams& activation);

// One output, if every dimension is positive and the product within kMaxTensorElements.
absl::StatusOr<TensorSpecs> OneOutput(std::string_view op, const Shape& shape,
                                      DType dtype = DType::kFloat32);

// The multidirectional broadcast of ONNX and NumPy: dimensions align at the last, 1 stretches.
absl::StatusOr<Shape> BroadcastShapes(std::string_view op, const Shape& a, const Shape& b);

// Bytes of all tensors, each once.
double BytesOf(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs);

// The parts that are not empty, separated by single spaces.
std::string JoinAttributes(std::initializer_list<std::string> parts);
// "1,2,3"
std::string ListText(std::span<const int64_t> values);

}  // namespace convoy::compute
