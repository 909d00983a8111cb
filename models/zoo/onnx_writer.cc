#include "models/zoo/onnx_writer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

constexpr int64_t kIrVersion = 8;  // of ONNX 1.12

onnx::AttributeProto& AddAttribute(onnx::NodeProto& node, std::string_view name,
                                   onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(type);
  return attribute;
}

void Declare(onnx::ValueInfoProto& value, const std::string& name, int64_t batch,
             const std::vector<int64_t>& dims) {
  value.set_name(name);
  onnx::TypeProto::Tensor& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  onnx::TensorShapeProto& shape = *type.mutable_shape();
  if (batch > 0) {
    shape.add_dim()->set_dim_value(batch);
  } else {
    shape.add_dim()->set_dim_param("batch");
  }
  for (const int64_t dim : dims) shape.add_dim()->set_dim_value(dim);
}

}  // namespace

std::string PartName(std::string_view layer, std::string_view part) {
  return absl::StrFormat("%s.%s", layer, part);
}

void SetInt(onnx::NodeProto& node, std::string_view name, int64_t value) {
  AddAttribute(node, name, onnx::AttributeProto::INT).set_i(value);
}

void SetInts(onnx::NodeProto& node, std::string_view name, const std::vector<int64_t>& values) {
  onnx::AttributeProto& attribute = AddAttribute(node, name, onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void SetFloat(onnx::NodeProto& node, std::string_view name, float value) {
  AddAttribute(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void SetString(onnx::NodeProto& node, std::string_view name, std::string_view value) {
  AddAttribute(node, name, onnx::AttributeProto::STRING).set_s(std::string(value));
}

OnnxWriter::OnnxWriter(std::string_view name, int64_t opset, uint64_t seed) : random_state_(seed) {
  model_.set_ir_version(kIrVersion);
  model_.set_producer_name("convoy");
  onnx::OperatorSetIdProto& import = *model_.add_opset_import();
  import.set_domain("");
  import.set_version(opset);
  model_.mutable_graph()->set_name(std::string(name));
}

void OnnxWriter::DeclareInput(const std::string& name, int64_t batch,
                              const std::vector<int64_t>& dims) {
  Declare(*model_.mutable_graph()->add_input(), name, batch, dims);
}

void OnnxWriter::DeclareOutput(const std::string& name, int64_t batch,
                               const std::vector<int64_t>& dims) {
  Declare(*model_.mutable_graph()->add_output(), name, batch, dims);
}

onnx::NodeProto& OnnxWriter::AddNode(std::string_view op, std::string_view name,
                                     const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *model_.mutable_graph()->add_node();
  node.set_name(std::string(name));
  node.set_op_type(std::string(op));
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(std::string(name));
  return node;
}

void OnnxWriter::RenameLastOutput(const std::string& name) {
  onnx::GraphProto& graph = *model_.mutable_graph();
  graph.mutable_node(graph.node_size() - 1)->set_output(0, name);
}

std::string OnnxWriter::AddUniform(const std::string& name, const std::vector<int64_t>& dims,
                                   double low, double high) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  onnx::TensorProto& tensor = AddInitializer(name, dims);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  std::string& bytes = *tensor.mutable_raw_data();
  bytes.resize(static_cast<size_t>(count) * sizeof(float));
  for (char* at = bytes.data(); at != bytes.data() + bytes.size(); at += sizeof(float)) {
    const auto value = static_cast<float>(low + (high - low) * NextUniform());
    std::memcpy(at, &value, sizeof value);
  }
  return name;
}

std::string OnnxWriter::AddWeights(const std::string& name, const std::vector<int64_t>& dims,
                                   double fan_in, double gain) {
  const double bound = std::sqrt(3 * gain / fan_in);  // the variance of a uniform is bound^2 / 3
  return AddUniform(name, dims, -bound, bound);
}

std::string OnnxWriter::AddBilinear(const std::string& name, int64_t in, int64_t out,
                                    int64_t kernel, int64_t stride) {
  onnx::TensorProto& tensor = AddInitializer(name, {in, out, kernel, kernel});
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  std::vector<float> values(static_cast<size_t>(in * out * kernel * kernel));
  const double center = static_cast<double>(kernel - 1) / 2;
  const auto triangle = [&](int64_t i) {
    return 1 - std::abs(static_cast<double>(i) - center) / static_cast<double>(stride);
  };
  for (int64_t channel = 0; channel < std::min(in, out); ++channel) {
    for (int64_t y = 0; y < kernel; ++y) {
      for (int64_t x = 0; x < kernel; ++x) {
        values[static_cast<size_t>(((channel * out + channel) * kernel + y) * kernel + x)] =
            static_cast<float>(triangle(y) * triangle(x));
      }
    }
  }
  tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  return name;
}

std::string OnnxWriter::AddScalar(const std::string& name, float value) {
  onnx::TensorProto& tensor = AddInitializer(name, {});
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.set_raw_data(&value, sizeof value);
  return name;
}

std::string OnnxWriter::AddIntegers(const std::string& name, const std::vector<int64_t>& values) {
  onnx::TensorProto& tensor = AddInitializer(name, {static_cast<int64_t>(values.size())});
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.set_raw_data(values.data(), values.size() * sizeof(int64_t));
  return name;
}

absl::StatusOr<std::string> OnnxWriter::Serialize() const {
  std::string bytes;
  if (model_.SerializeToString(&bytes)) return bytes;
  return absl::InvalidArgumentError("The model does not fit the 2 GiB of an ONNX file");
}

onnx::TensorProto& OnnxWriter::AddInitializer(const std::string& name,
                                              const std::vector<int64_t>& dims) {
  onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  for (const int64_t dim : dims) tensor.add_dims(dim);
  return tensor;
}

// SplitMix64 (Steele et al. 2014): small, and the same on every machine, unlike the distributions
// of the standard library.
double OnnxWriter::NextUniform() {
  random_state_ += 0x9E3779B97F4A7C15;
  uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

}  // namespace convoy::models
