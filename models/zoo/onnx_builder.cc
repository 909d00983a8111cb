// The layers that compute. Those that only move values are in onnx_builder_move.cc.
#include "models/zoo/onnx_builder.h"

#include <algorithm>
#include <cmath>

#include "compute/base/status.h"

namespace convoy::models {
namespace {

// The last before reductions took their axes as inputs; has LayerNormalization and HardSwish.
constexpr int64_t kOpset = 17;

// Zero where the window does not fit.
std::vector<int64_t> WindowExtents(const std::vector<int64_t>& in, const ConvLayer& layer,
                                   bool ceil) {
  std::vector<int64_t> out;
  for (const int64_t extent : in) {
    const int64_t room = extent + 2 * layer.pad - layer.dilation * (layer.kernel - 1) - 1;
    out.push_back(room < 0 ? 0 : (room + (ceil ? layer.stride - 1 : 0)) / layer.stride + 1);
  }
  return out;
}

bool AllPositive(const std::vector<int64_t>& extents) {
  return std::ranges::all_of(extents, [](int64_t extent) { return extent > 0; });
}

// [first, second, kernel, kernel, ...] for a network of `rank` extents.
std::vector<int64_t> WeightDims(int64_t first, int64_t second, int64_t kernel, size_t rank) {
  std::vector<int64_t> dims(rank + 2, kernel);
  dims[0] = first;
  dims[1] = second;
  return dims;
}

void SetWindow(onnx::NodeProto& node, int64_t kernel, int64_t stride, int64_t pad, size_t rank) {
  SetInts(node, "kernel_shape", std::vector<int64_t>(rank, kernel));
  SetInts(node, "strides", std::vector<int64_t>(rank, stride));
  if (pad > 0) SetInts(node, "pads", std::vector<int64_t>(2 * rank, pad));
}

std::vector<int64_t> DimsOf(const ZooTensor& x) {
  std::vector<int64_t> dims = {x.channels};
  dims.insert(dims.end(), x.extents.begin(), x.extents.end());
  return dims;
}

// What both dimensions become; 0 where neither repeats.
int64_t Broadcast(int64_t a, int64_t b) {
  if (a == b || b == 1) return a;
  return a == 1 ? b : 0;
}

}  // namespace

OnnxBuilder::OnnxBuilder(std::string_view name, const ZooOptions& options)
    : options_(options), writer_(name, kOpset, options.seed) {}

ZooTensor OnnxBuilder::Input(int64_t channels, const std::vector<int64_t>& extents) {
  static constexpr const char* kNames[] = {"", "signal", "image", "volume"};
  const ZooTensor input{kNames[extents.size()], channels, extents};
  writer_.DeclareInput(input.name, options_.batch, DimsOf(input));
  return input;
}

ZooTensor OnnxBuilder::Conv(std::string_view name, const ZooTensor& x, const ConvLayer& layer) {
  const size_t rank = x.extents.size();
  const ZooTensor out{std::string(name), layer.channels, WindowExtents(x.extents, layer, false)};
  Require(AllPositive(out.extents), name, x, "the kernel is larger than its input");
  const bool divided =
      layer.groups > 0 && x.channels % layer.groups == 0 && layer.channels % layer.groups == 0;
  Require(divided, name, x, "the groups do not divide the channels");
  const int64_t group_channels = divided ? x.channels / layer.groups : x.channels;
  const double fan_in = static_cast<double>(group_channels) *
                        std::pow(static_cast<double>(layer.kernel), static_cast<double>(rank));
  std::vector<std::string> inputs = {
      x.name, writer_.AddWeights(PartName(name, "weight"),
                                 WeightDims(layer.channels, group_channels, layer.kernel, rank),
                                 fan_in, layer.gain)};
  if (layer.bias) {
    inputs.push_back(writer_.AddUniform(PartName(name, "bias"), {layer.channels}, -0.1, 0.1));
  }
  onnx::NodeProto& node = writer_.AddNode("Conv", name, inputs);
  SetWindow(node, layer.kernel, layer.stride, layer.pad, rank);
  if (layer.dilation > 1) SetInts(node, "dilations", std::vector<int64_t>(rank, layer.dilation));
  if (layer.groups > 1) SetInt(node, "group", layer.groups);
  return out;
}

ZooTensor OnnxBuilder::UpConv(std::string_view name, const ZooTensor& x, const UpConvLayer& layer) {
  const size_t rank = x.extents.size();
  ZooTensor out{std::string(name), layer.channels, {}};
  for (const int64_t extent : x.extents) {
    out.extents.push_back((extent - 1) * layer.stride + layer.kernel);
  }
  const std::string weight = PartName(name, "weight");
  // An output pixel meets only every stride-th tap along each extent.
  const double taps =
      std::pow(static_cast<double>(layer.kernel) / static_cast<double>(layer.stride),
               static_cast<double>(rank));
  std::vector<std::string> inputs = {
      x.name,
      layer.bilinear
          ? writer_.AddBilinear(weight, x.channels, layer.channels, layer.kernel, layer.stride)
          : writer_.AddWeights(weight, WeightDims(x.channels, layer.channels, layer.kernel, rank),
                               static_cast<double>(x.channels) * taps, kLinearGain)};
  if (layer.bias) {
    inputs.push_back(writer_.AddUniform(PartName(name, "bias"), {layer.channels}, -0.1, 0.1));
  }
  SetWindow(writer_.AddNode("ConvTranspose", name, inputs), layer.kernel, layer.stride, 0, rank);
  return out;
}

ZooTensor OnnxBuilder::Dense(std::string_view name, const ZooTensor& x, int64_t units,
                             double gain) {
  Require(x.extents.empty(), name, x, "a dense layer follows Flatten");
  const std::vector<std::string> inputs = {
      x.name,
      writer_.AddWeights(PartName(name, "weight"), {units, x.channels},
                         static_cast<double>(x.channels), gain),
      writer_.AddUniform(PartName(name, "bias"), {units}, -0.1, 0.1)};
  SetInt(writer_.AddNode("Gemm", name, inputs), "transB", 1);
  return {std::string(name), units, {}};
}

ZooTensor OnnxBuilder::Linear(std::string_view name, const ZooTensor& x, int64_t units,
                              double gain) {
  ZooTensor out = x;
  out.name = std::string(name);
  const int64_t features = x.extents.back();
  out.extents.back() = units;
  const std::string product = PartName(name, "matmul");
  writer_.AddNode("MatMul", product,
                  {x.name, writer_.AddWeights(PartName(name, "weight"), {features, units},
                                              static_cast<double>(features), gain)});
  writer_.AddNode("Add", name,
                  {product, writer_.AddUniform(PartName(name, "bias"), {units}, -0.1, 0.1)});
  return out;
}

ZooTensor OnnxBuilder::BatchNorm(std::string_view name, const ZooTensor& x, double scale) {
  const std::vector<int64_t> dims = {x.channels};
  writer_.AddNode(
      "BatchNormalization", name,
      {x.name, writer_.AddUniform(PartName(name, "weight"), dims, 0.75 * scale, 1.25 * scale),
       writer_.AddUniform(PartName(name, "bias"), dims, -0.1, 0.1),
       writer_.AddUniform(PartName(name, "running_mean"), dims, -0.1, 0.1),
       writer_.AddUniform(PartName(name, "running_var"), dims, 0.75, 1.25)});
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::LayerNorm(std::string_view name, const ZooTensor& x) {
  const std::vector<int64_t> dims = {x.extents.empty() ? x.channels : x.extents.back()};
  onnx::NodeProto& node =
      writer_.AddNode("LayerNormalization", name,
                      {x.name, writer_.AddUniform(PartName(name, "weight"), dims, 0.75, 1.25),
                       writer_.AddUniform(PartName(name, "bias"), dims, -0.1, 0.1)});
  SetInt(node, "axis", -1);
  SetFloat(node, "epsilon", 1e-6F);
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::Lrn(std::string_view name, const ZooTensor& x, const LrnLayer& layer) {
  onnx::NodeProto& node = writer_.AddNode("LRN", name, {x.name});
  SetInt(node, "size", layer.size);
  SetFloat(node, "alpha", layer.alpha);
  SetFloat(node, "beta", layer.beta);
  SetFloat(node, "bias", layer.bias);
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::Unary(std::string_view op, std::string_view name, const ZooTensor& x) {
  writer_.AddNode(op, name, {x.name});
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::Clip(std::string_view name, const ZooTensor& x, float low, float high) {
  writer_.AddNode("Clip", name,
                  {x.name, writer_.AddScalar(PartName(name, "min"), low),
                   writer_.AddScalar(PartName(name, "max"), high)});
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::HardSigmoid(std::string_view name, const ZooTensor& x) {
  onnx::NodeProto& node = writer_.AddNode("HardSigmoid", name, {x.name});
  SetFloat(node, "alpha", 1.0F / 6);
  SetFloat(node, "beta", 0.5F);
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::PRelu(std::string_view name, const ZooTensor& x) {
  const std::vector<int64_t> dims = WeightDims(x.channels, 1, 1, x.extents.size() - 1);
  writer_.AddNode("PRelu", name,
                  {x.name, writer_.AddUniform(PartName(name, "weight"), dims, 0.1, 0.4)});
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::Pool(std::string_view op, std::string_view name, const ZooTensor& x,
                            const PoolLayer& layer) {
  const ConvLayer window{.kernel = layer.kernel, .stride = layer.stride, .pad = layer.pad};
  const ZooTensor out{std::string(name), x.channels, WindowExtents(x.extents, window, layer.ceil)};
  Require(AllPositive(out.extents), name, x, "the window is larger than its input");
  onnx::NodeProto& node = writer_.AddNode(op, name, {x.name});
  SetWindow(node, layer.kernel, layer.stride, layer.pad, x.extents.size());
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
  writer_.AddNode("GlobalAveragePool", name, {x.name});
  return {std::string(name), x.channels, std::vector<int64_t>(x.extents.size(), 1)};
}

std::pair<ZooTensor, ZooTensor> OnnxBuilder::MaxPoolIndices(std::string_view name,
                                                            const ZooTensor& x) {
  Require(std::ranges::all_of(x.extents, [](int64_t extent) { return extent % 2 == 0; }), name, x,
          "halving and doubling give back only even extents");
  ZooTensor out{std::string(name), x.channels, x.extents};
  for (int64_t& extent : out.extents) extent /= 2;
  ZooTensor indices = out;
  indices.name = PartName(name, "indices");
  onnx::NodeProto& node = writer_.AddNode("MaxPool", name, {x.name});
  SetWindow(node, 2, 2, 0, x.extents.size());
  node.add_output(indices.name);
  return {out, indices};
}

ZooTensor OnnxBuilder::MaxUnpool(std::string_view name, const ZooTensor& x,
                                 const ZooTensor& indices) {
  Require(x.channels == indices.channels && x.extents == indices.extents, name, x,
          "the indices differ in shape");
  ZooTensor out{std::string(name), x.channels, x.extents};
  for (int64_t& extent : out.extents) extent *= 2;
  SetWindow(writer_.AddNode("MaxUnpool", name, {x.name, indices.name}), 2, 2, 0, x.extents.size());
  return out;
}

ZooTensor OnnxBuilder::ChannelMean(std::string_view name, const ZooTensor& x) {
  SetInts(writer_.AddNode("ReduceMean", name, {x.name}), "axes", {1});  // keeps the dimension
  return {std::string(name), 1, x.extents};
}

ZooTensor OnnxBuilder::Binary(std::string_view op, std::string_view name, const ZooTensor& a,
                              const ZooTensor& b) {
  const bool same_rank = a.extents.size() == b.extents.size();
  ZooTensor out{std::string(name), Broadcast(a.channels, b.channels), {}};
  for (size_t i = 0; same_rank && i < a.extents.size(); ++i) {
    out.extents.push_back(Broadcast(a.extents[i], b.extents[i]));
  }
  Require(same_rank && out.channels > 0 && AllPositive(out.extents), name, a,
          "the two inputs differ in shape");
  writer_.AddNode(op, name, {a.name, b.name});
  return out;
}

ZooTensor OnnxBuilder::WithNumber(std::string_view op, std::string_view name, const ZooTensor& x,
                                  float value) {
  writer_.AddNode(op, name, {x.name, writer_.AddScalar(PartName(name, "number"), value)});
  return {std::string(name), x.channels, x.extents};
}

ZooTensor OnnxBuilder::WithParameter(std::string_view op, std::string_view name, const ZooTensor& x,
                                     double low, double high) {
  const std::vector<int64_t> dims = WeightDims(x.channels, 1, 1, x.extents.size() - 1);
  writer_.AddNode(op, name,
                  {x.name, writer_.AddUniform(PartName(name, "weight"), dims, low, high)});
  return {std::string(name), x.channels, x.extents};
}

absl::StatusOr<std::string> OnnxBuilder::Finish(const ZooTensor& x) {
  CONVOY_RETURN_IF_ERROR(first_problem_);
  std::string output = "logits";
  if (options_.softmax) {
    output = "probabilities";
    SetInt(writer_.AddNode("Softmax", output, {x.name}), "axis", 1);
  } else {
    writer_.RenameLastOutput(output);  // the name that all networks share
  }
  writer_.DeclareOutput(output, options_.batch, DimsOf(x));
  return writer_.Serialize();
}

void OnnxBuilder::Require(bool holds, std::string_view name, const ZooTensor& x,
                          std::string_view problem) {
  if (holds || !first_problem_.ok()) return;
  std::string values;
  for (const int64_t dim : DimsOf(x)) {
    absl::StrAppendFormat(&values, "%s%d", values.empty() ? "" : " x ", dim);
  }
  first_problem_ = absl::InvalidArgumentError(
      absl::StrFormat("Layer '%s' can not work on %s values: %s; ask for another size or width",
                      name, values, problem));
}

}  // namespace convoy::models
