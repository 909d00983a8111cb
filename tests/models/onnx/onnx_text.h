// ONNX models as text, for tests: the fields of onnx.proto in protobuf's text format.
//
//   ImportText(13, R"(
//     input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_value: 2 } } } } }
//     ...)", {{2}});
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/onnx/onnx_model.h"

namespace convoy::testing {

// The serialised model with this text as its graph.
std::string ModelBytes(int opset, const std::string& graph_text);

absl::StatusOr<models::OnnxModel> ParseBytes(const std::string& bytes);

// Parses and imports; errors of either.
absl::StatusOr<models::Graph> ImportText(int opset, const std::string& graph_text,
                                         const std::vector<compute::Shape>& shapes);

// "input {...}" of FP32 with these dims; a negative dim is symbolic.
std::string Input(const std::string& name, const std::vector<int64_t>& dims);
// "output {...}" without a shape; `type` is an onnx.TensorProto.DataType.
inline constexpr int kOnnxFloat = 1;
std::string Output(const std::string& name, int type = kOnnxFloat);
// "initializer {...}" of INT64, or of FP32 zeros.
std::string Integers(const std::string& name, const std::vector<int64_t>& values);
std::string Zeros(const std::string& name, const std::vector<int64_t>& dims);
std::string Floats(const std::string& name, const std::vector<float>& values);
// "node {...}" named "the_node".
std::string NodeText(const std::string& op_type, const std::vector<std::string>& inputs,
                     const std::string& output, const std::string& attributes = "");
std::string IntsAttribute(const std::string& name, const std::vector<int64_t>& values);
std::string IntAttribute(const std::string& name, int64_t value);
std::string FloatAttribute(const std::string& name, float value);
std::string StringAttribute(const std::string& name, const std::string& value);

// The graph of one node over inputs of these dims (x0, x1, ...) and further initializers (whose
// names are the node's remaining inputs), as text; or the error.
std::string ImportNode(int opset, const std::string& op_type,
                       const std::vector<std::vector<int64_t>>& inputs,
                       const std::string& attributes = "",
                       const std::vector<std::pair<std::string, std::string>>& initializers = {},
                       int output_type = kOnnxFloat);

}  // namespace convoy::testing
