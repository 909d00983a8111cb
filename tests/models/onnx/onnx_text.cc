#include "tests/models/onnx/onnx_text.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <numeric>

#include "compute/base/status.h"

namespace convoy::testing {
namespace {

using google::protobuf::Message;

// onnx.proto asks for code without reflection, so its text form goes by the description that protoc
// made of it.
const Message& ModelPrototype() {
  static const Message* const prototype = [] {
    std::ifstream stream(CONVOY_ONNX_DESCRIPTION, std::ios::binary);
    google::protobuf::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromIstream(&stream)) << CONVOY_ONNX_DESCRIPTION;
    auto* pool = new google::protobuf::DescriptorPool;
    for (const auto& file : files.file()) pool->BuildFile(file);
    auto* factory = new google::protobuf::DynamicMessageFactory;
    return factory->GetPrototype(pool->FindMessageTypeByName("onnx.ModelProto"));
  }();
  return *prototype;
}

std::string Repeated(const char* field, const std::vector<int64_t>& values) {
  std::string text;
  for (const int64_t value : values) absl::StrAppendFormat(&text, "%s: %d ", field, value);
  return text;
}

}  // namespace

std::string ModelBytes(int opset, const std::string& graph_text) {
  const std::string text =
      absl::StrFormat("ir_version: 8 opset_import { version: %d } graph { %s }", opset, graph_text);
  const std::unique_ptr<Message> model(ModelPrototype().New());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, model.get())) << text;
  return model->SerializeAsString();
}

absl::StatusOr<models::OnnxModel> ParseBytes(const std::string& bytes) {
  return models::OnnxModel::Parse(std::as_bytes(std::span(bytes)), "test", "");
}

absl::StatusOr<models::Graph> ImportText(int opset, const std::string& graph_text,
                                         const std::vector<compute::Shape>& shapes) {
  CONVOY_ASSIGN_OR_RETURN(const models::OnnxModel model, ParseBytes(ModelBytes(opset, graph_text)));
  return model.Import(shapes);
}

std::string Input(const std::string& name, const std::vector<int64_t>& dims) {
  std::string shape;
  for (const int64_t dim : dims) {
    shape += dim < 0 ? "dim { dim_param: 'n' } " : absl::StrFormat("dim { dim_value: %d } ", dim);
  }
  return absl::StrFormat(
      "input { name: '%s' type { tensor_type { elem_type: 1 shape { %s } } } }\n", name, shape);
}

std::string Output(const std::string& name, int type) {
  return absl::StrFormat("output { name: '%s' type { tensor_type { elem_type: %d } } }\n", name,
                         type);
}

std::string Integers(const std::string& name, const std::vector<int64_t>& values) {
  return absl::StrFormat("initializer { name: '%s' data_type: 7 dims: %d %s }\n", name,
                         values.size(), Repeated("int64_data", values));
}

std::string Zeros(const std::string& name, const std::vector<int64_t>& dims) {
  const int64_t count =
      std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<int64_t>());
  std::string data;
  for (int64_t i = 0; i < count; ++i) data += "float_data: 0 ";
  return absl::StrFormat("initializer { name: '%s' data_type: 1 %s %s }\n", name,
                         Repeated("dims", dims), data);
}

std::string Floats(const std::string& name, const std::vector<float>& values) {
  std::string data;
  for (const float value : values) absl::StrAppendFormat(&data, "float_data: %g ", value);
  return absl::StrFormat("initializer { name: '%s' data_type: 1 dims: %d %s }\n", name,
                         values.size(), data);
}

std::string NodeText(const std::string& op_type, const std::vector<std::string>& inputs,
                     const std::string& output, const std::string& attributes) {
  std::string text = absl::StrFormat("node { name: 'the_node' op_type: '%s' ", op_type);
  for (const std::string& input : inputs) absl::StrAppendFormat(&text, "input: '%s' ", input);
  return absl::StrFormat("%s output: '%s' %s }\n", text, output, attributes);
}

std::string IntsAttribute(const std::string& name, const std::vector<int64_t>& values) {
  return absl::StrFormat("attribute { name: '%s' type: INTS %s } ", name, Repeated("ints", values));
}

std::string IntAttribute(const std::string& name, int64_t value) {
  return absl::StrFormat("attribute { name: '%s' type: INT i: %d } ", name, value);
}

std::string FloatAttribute(const std::string& name, float value) {
  return absl::StrFormat("attribute { name: '%s' type: FLOAT f: %g } ", name, value);
}

std::string StringAttribute(const std::string& name, const std::string& value) {
  return absl::StrFormat("attribute { name: '%s' type: STRING s: '%s' } ", name, value);
}

std::string ImportNode(int opset, const std::string& op_type,
                       const std::vector<std::vector<int64_t>>& inputs,
                       const std::string& attributes,
                       const std::vector<std::pair<std::string, std::string>>& initializers,
                       int output_type) {
  std::string text;
  std::vector<std::string> names;
  std::vector<compute::Shape> shapes;
  for (const std::vector<int64_t>& dims : inputs) {
    names.push_back(absl::StrFormat("x%d", names.size()));
    shapes.emplace_back(dims);
    text += Input(names.back(), dims);
  }
  for (const auto& [name, initializer] : initializers) {
    names.push_back(name);
    text += initializer;
  }
  text += NodeText(op_type, names, "y", attributes) + Output("y", output_type);
  const auto graph = ImportText(opset, text, shapes);
  return graph.ok() ? ToString(*graph) : graph.status().ToString();
}

}  // namespace convoy::testing
