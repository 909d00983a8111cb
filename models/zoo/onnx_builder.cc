#include "models/zoo/onnx_builder.h"

#include <cmath>
#include <cstring>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

constexpr int64_t kOpset = 13;
constexpr int64_t kIrVersion = 8;  // of ONNX 1.12

void SetInts(onnx::NodeProto& node, std::string_view name, const std::vector<int64_t>& values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void SetInt(onnx::NodeProto& node, std::string_view name, int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

int64_t WindowExtent(int64_t in, int64_t kernel, int64_t stride, int64_t pad, bool ceil) {
  const int64_t room = in + 2 * pad - kernel;
  if (room < 0) return 0;
  return (room + (ceil ? stride - 1 : 0)) / stride + 1;
}

std::string Join(std::string_view name, std::string_view part) {
  return absl::StrFormat("%s.%s", name, part);
}

}  // namespace

OnnxBuilder::OnnxBuilder(std::string_view name, const ZooOptions& options)
    : options_(options), random_state_(options.seed) {
  model_.set_ir_version(kIrVersion);
  model_.set_producer_name("convoy");
  onnx::OperatorSetIdProto& opset = *model_.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  model_.mutable_graph()->set_name(std::string(name));
}

ZooTensor OnnxBuilder::Input(int64_t channels, int64_t height, int64_t width) {
  const ZooTensor image{"image", channels, height, width};
  Declare(*model_.mutable_graph()->add_input(), image);
  return image;
}

ZooTensor OnnxBuilder::Conv(std::string_view name, const ZooTensor& x, const ConvLayer& layer) {
  const ZooTensor out{std::string(name), layer.channels,
                      WindowExtent(x.height, layer.kernel, layer.stride, layer.pad, false),
                      WindowExtent(x.width, layer.kernel, layer.stride, layer.pad, false)};
  Require(out.height > 0 && out.width > 0, name, x, "the kernel is larger than its input");
  const auto fan_in = static_cast<double>(x.channels * layer.kernel * layer.kernel);
  std::vector<std::string> inputs = {
      x.name,
      AddWeights(Join(name, "weight"), {layer.channels, x.channels, layer.kernel, layer.kernel},
                 fan_in, layer.gain)};
  if (layer.bias) inputs.push_back(AddUniform(Join(name, "bias"), {layer.channels}, -0.1, 0.1));
  onnx::NodeProto& node = AddNode("Conv", out, inputs);
  SetInts(node, "kernel_shape", {layer.kernel, layer.kernel});
  SetInts(node, "strides", {layer.stride, layer.stride});
  SetInts(node, "pads", std::vector<int64_t>(4, layer.pad));
  return out;
}

ZooTensor OnnxBuilder::UpConv(std::string_view name, const ZooTensor& x, const UpConvLayer& layer) {
  const ZooTensor out{std::string(name), layer.channels,
                      (x.height - 1) * layer.stride + layer.kernel,
                      (x.width - 1) * layer.stride + layer.kernel};
  const std::string weight = Join(name, "weight");
  // An output pixel meets only every stride-th tap, both ways.
  const double taps = static_cast<double>(layer.kernel) / static_cast<double>(layer.stride);
  std::vector<std::string> inputs = {
      x.name, layer.bilinear
                  ? AddBilinear(weight, x.channels, layer.channels, layer.kernel, layer.stride)
                  : AddWeights(weight, {x.channels, layer.channels, layer.kernel, layer.kernel},
                               static_cast<double>(x.channels) * taps * taps, kLinearGain)};
  if (layer.bias) inputs.push_back(AddUniform(Join(name, "bias"), {layer.channels}, -0.1, 0.1));
  onnx::NodeProto& node = AddNode("ConvTranspose", out, inputs);
  SetInts(node, "kernel_shape", {layer.kernel, layer.kernel});
  SetInts(node, "strides", {layer.stride, layer.stride});
  return out;
}

ZooTensor OnnxBuilder::BatchNorm(std::string_view name, const ZooTensor& x, double scale) {
  ZooTensor out = x;
  out.name = std::string(name);
  const std::vector<int64_t> dims = {x.channels};
  AddNode("BatchNormalization", out,
          {x.name, AddUniform(Join(name, "weight"), dims, 0.75 * scale, 1.25 * scale),
           AddUniform(Join(name, "bias"), dims, -0.1, 0.1),
           AddUniform(Join(name, "running_mean"), dims, -0.1, 0.1),
           AddUniform(Join(name, "running_var"), dims, 0.75, 1.25)});
  return out;
}

ZooTensor OnnxBuilder::Dense(std::string_view name, const ZooTensor& x, int64_t units,
                             double gain) {
  const ZooTensor out{std::string(name), units};
  onnx::NodeProto& node = AddNode(
      "Gemm", out,
      {x.name,
       AddWeights(Join(name, "weight"), {units, x.channels}, static_cast<double>(x.channels), gain),
       AddUniform(Join(name, "bias"), {units}, -0.1, 0.1)});
  SetInt(node, "transB", 1);
  return out;
}

ZooTensor OnnxBuilder::Elementwise(std::string_view op, std::string_view name, const ZooTensor& x) {
  ZooTensor out = x;
  out.name = std::string(name);
  AddNode(op, out, {x.name});
  return out;
}

ZooTensor OnnxBuilder::Relu(std::string_view name, const ZooTensor& x) {
  return Elementwise("Relu", name, x);
}
ZooTensor OnnxBuilder::Tanh(std::string_view name, const ZooTensor& x) {
  return Elementwise("Tanh", name, x);
}
ZooTensor OnnxBuilder::Dropout(std::string_view name, const ZooTensor& x) {
  return Elementwise("Dropout", name, x);
}

ZooTensor OnnxBuilder::Pool(std::string_view op, std::string_view name, const ZooTensor& x,
                            const PoolLayer& layer) {
  const ZooTensor out{std::string(name), x.channels,
                      WindowExtent(x.height, layer.kernel, layer.stride, layer.pad, layer.ceil),
                      WindowExtent(x.width, layer.kernel, layer.stride, layer.pad, layer.ceil)};
  Require(out.height > 0 && out.width > 0, name, x, "the window is larger than its input");
  onnx::NodeProto& node = AddNode(op, out, {x.name});
  SetInts(node, "kernel_shape", {layer.kernel, layer.kernel});
  SetInts(node, "strides", {layer.stride, layer.stride});
  SetInts(node, "pads", std::vector<int64_t>(4, layer.pad));
  if (layer.ceil) SetInt(node, "ceil_mode", 1);
  return out;
}

ZooTensor OnnxBuilder::MaxPool(std::string_view name, const ZooTensor& x, const PoolLayer& layer) {
  return Pool("MaxPool", name, x, layer);
}
ZooTensor OnnxBuilder::AveragePool(std::string_view name, const ZooTensor& x,
                                   const PoolLayer& layer) {
  return Pool("AveragePool", name, x, layer);
}

ZooTensor OnnxBuilder::GlobalAveragePool(std::string_view name, const ZooTensor& x) {
  const ZooTensor out{std::string(name), x.channels};
  AddNode("GlobalAveragePool", out, {x.name});
  return out;
}

ZooTensor OnnxBuilder::Flatten(std::string_view name, const ZooTensor& x) {
  const ZooTensor out{std::string(name), x.channels * x.height * x.width};
  SetInt(AddNode("Flatten", out, {x.name}), "axis", 1);
  flat_ = true;
  return out;
}

ZooTensor OnnxBuilder::Add(std::string_view name, const ZooTensor& a, const ZooTensor& b) {
  Require(a.channels == b.channels && a.height == b.height && a.width == b.width, name, a,
          "the two inputs differ in shape");
  ZooTensor out = a;
  out.name = std::string(name);
  AddNode("Add", out, {a.name, b.name});
  return out;
}

ZooTensor OnnxBuilder::Concat(std::string_view name, const ZooTensor& a, const ZooTensor& b) {
  Require(a.height == b.height && a.width == b.width, name, a,
          "the two inputs differ in height or width");
  const ZooTensor out{std::string(name), a.channels + b.channels, a.height, a.width};
  SetInt(AddNode("Concat", out, {a.name, b.name}), "axis", 1);
  return out;
}

ZooTensor OnnxBuilder::Crop(std::string_view name, const ZooTensor& x, int64_t offset,
                            int64_t height, int64_t width) {
  Require(offset + height <= x.height && offset + width <= x.width, name, x,
          "the crop passes the edge of its input");
  const ZooTensor out{std::string(name), x.channels, height, width};
  AddNode("Slice", out,
          {x.name, AddIntegers(Join(name, "starts"), {offset, offset}),
           AddIntegers(Join(name, "ends"), {offset + height, offset + width}),
           AddIntegers(Join(name, "axes"), {2, 3})});
  return out;
}

absl::StatusOr<std::string> OnnxBuilder::Finish(const ZooTensor& x) {
  CONVOY_RETURN_IF_ERROR(first_problem_);
  ZooTensor out = x;
  onnx::GraphProto& graph = *model_.mutable_graph();
  if (options_.softmax) {
    out.name = "probabilities";
    SetInt(AddNode("Softmax", out, {x.name}), "axis", 1);
  } else {
    out.name = "logits";  // the last node's output, under the name that all networks share
    graph.mutable_node(graph.node_size() - 1)->set_output(0, out.name);
  }
  Declare(*graph.add_output(), out);
  std::string bytes;
  if (!model_.SerializeToString(&bytes)) {
    return absl::InvalidArgumentError("The model does not fit the 2 GiB of an ONNX file");
  }
  return bytes;
}

onnx::NodeProto& OnnxBuilder::AddNode(std::string_view op, const ZooTensor& out,
                                      const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *model_.mutable_graph()->add_node();
  node.set_name(out.name);
  node.set_op_type(std::string(op));
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(out.name);
  return node;
}

void OnnxBuilder::Declare(onnx::ValueInfoProto& value, const ZooTensor& tensor) const {
  value.set_name(tensor.name);
  onnx::TypeProto::Tensor& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  onnx::TensorShapeProto& shape = *type.mutable_shape();
  onnx::TensorShapeProto::Dimension& batch = *shape.add_dim();
  if (options_.batch > 0) {
    batch.set_dim_value(options_.batch);
  } else {
    batch.set_dim_param("batch");
  }
  shape.add_dim()->set_dim_value(tensor.channels);
  if (flat_) return;
  shape.add_dim()->set_dim_value(tensor.height);
  shape.add_dim()->set_dim_value(tensor.width);
}

onnx::TensorProto& OnnxBuilder::AddInitializer(const std::string& name,
                                               const std::vector<int64_t>& dims) {
  onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  for (const int64_t dim : dims) tensor.add_dims(dim);
  return tensor;
}

std::string OnnxBuilder::AddUniform(const std::string& name, const std::vector<int64_t>& dims,
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

std::string OnnxBuilder::AddWeights(const std::string& name, const std::vector<int64_t>& dims,
                                    double fan_in, double gain) {
  const double bound = std::sqrt(3 * gain / fan_in);  // the variance of a uniform is bound^2 / 3
  return AddUniform(name, dims, -bound, bound);
}

std::string OnnxBuilder::AddBilinear(const std::string& name, int64_t in, int64_t out,
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

std::string OnnxBuilder::AddIntegers(const std::string& name, const std::vector<int64_t>& values) {
  onnx::TensorProto& tensor = AddInitializer(name, {static_cast<int64_t>(values.size())});
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.set_raw_data(values.data(), values.size() * sizeof(int64_t));
  return name;
}

void OnnxBuilder::Require(bool holds, std::string_view name, const ZooTensor& x,
                          std::string_view problem) {
  if (holds || !first_problem_.ok()) return;
  first_problem_ = absl::InvalidArgumentError(
      absl::StrFormat("Layer '%s' can not work on %d x %d x %d values: %s; ask for another size",
                      name, x.channels, x.height, x.width, problem));
}

// SplitMix64 (Steele et al. 2014): small, and the same on every machine, unlike the distributions
// of the standard library.
double OnnxBuilder::NextUniform() {
  random_state_ += 0x9E3779B97F4A7C15;
  uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1.0p-53;
}

}  // namespace convoy::models
