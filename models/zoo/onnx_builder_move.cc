// The layers that only move values.
#include <algorithm>

#include "compute/base/status.h"
#include "models/zoo/onnx_builder.h"

namespace convoy::models {
namespace {

int64_t Product(const std::vector<int64_t>& values) {
  int64_t product = 1;
  for (const int64_t value : values) product *= value;
  return product;
}

}  // namespace

ZooTensor OnnxBuilder::Concat(std::string_view name, const std::vector<ZooTensor>& parts) {
  ZooTensor out{std::string(name), 0, parts[0].extents};
  std::vector<std::string> inputs;
  for (const ZooTensor& part : parts) {
    Require(part.extents == out.extents, name, part, "the inputs differ beside the channels");
    out.channels += part.channels;
    inputs.push_back(part.name);
  }
  SetInt(writer_.AddNode("Concat", name, inputs), "axis", 1);
  return out;
}

std::pair<ZooTensor, ZooTensor> OnnxBuilder::SplitChannels(std::string_view name,
                                                           const ZooTensor& x) {
  Require(x.channels % 2 == 0, name, x, "the channels have no half");
  const ZooTensor first{PartName(name, "first"), x.channels / 2, x.extents};
  const ZooTensor second{PartName(name, "second"), x.channels / 2, x.extents};
  const std::string sizes =
      writer_.AddIntegers(PartName(name, "sizes"), {first.channels, second.channels});
  onnx::NodeProto& node = writer_.AddNode("Split", name, {x.name, sizes});
  SetInt(node, "axis", 1);
  node.set_output(0, first.name);
  node.add_output(second.name);
  return {first, second};
}

ZooTensor OnnxBuilder::Flatten(std::string_view name, const ZooTensor& x) {
  SetInt(writer_.AddNode("Flatten", name, {x.name}), "axis", 1);
  return {std::string(name), x.channels * Product(x.extents), {}};
}

ZooTensor OnnxBuilder::Reshape(std::string_view name, const ZooTensor& x,
                               const std::vector<int64_t>& dims) {
  Require(x.channels * Product(x.extents) == Product(dims), name, x,
          "the new shape has another number of values");
  std::vector<int64_t> target = dims;
  target.insert(target.begin(), 0);  // the batch as it is
  writer_.AddNode("Reshape", name, {x.name, writer_.AddIntegers(PartName(name, "shape"), target)});
  return {std::string(name), dims[0], {dims.begin() + 1, dims.end()}};
}

ZooTensor OnnxBuilder::Transpose(std::string_view name, const ZooTensor& x,
                                 const std::vector<int64_t>& order) {
  SetInts(writer_.AddNode("Transpose", name, {x.name}), "perm", order);
  const auto dim = [&](int64_t axis) {
    return axis == 1 ? x.channels : x.extents[static_cast<size_t>(axis - 2)];
  };
  ZooTensor out{std::string(name), dim(order[1]), {}};
  for (size_t i = 2; i < order.size(); ++i) out.extents.push_back(dim(order[i]));
  return out;
}

ZooTensor OnnxBuilder::Pad(std::string_view name, const ZooTensor& x, int64_t begin, int64_t end) {
  std::vector<int64_t> pads = {0, 0};
  pads.insert(pads.end(), x.extents.size(), begin);
  pads.insert(pads.end(), {0, 0});
  pads.insert(pads.end(), x.extents.size(), end);
  writer_.AddNode("Pad", name, {x.name, writer_.AddIntegers(PartName(name, "pads"), pads)});
  ZooTensor out{std::string(name), x.channels, x.extents};
  for (int64_t& extent : out.extents) extent += begin + end;
  return out;
}

ZooTensor OnnxBuilder::Crop(std::string_view name, const ZooTensor& x, int64_t offset,
                            const std::vector<int64_t>& extents) {
  std::vector<int64_t> ends;
  std::vector<int64_t> axes;
  for (size_t i = 0; i < extents.size(); ++i) {
    Require(offset + extents[i] <= x.extents[i], name, x, "the crop passes the edge of its input");
    ends.push_back(offset + extents[i]);
    axes.push_back(static_cast<int64_t>(i) + 2);
  }
  const std::vector<int64_t> starts(extents.size(), offset);
  writer_.AddNode("Slice", name,
                  {x.name, writer_.AddIntegers(PartName(name, "starts"), starts),
                   writer_.AddIntegers(PartName(name, "ends"), ends),
                   writer_.AddIntegers(PartName(name, "axes"), axes)});
  return {std::string(name), x.channels, extents};
}

ZooTensor OnnxBuilder::Resize(std::string_view name, const ZooTensor& x,
                              const std::vector<int64_t>& extents) {
  const std::string shape = PartName(name, "shape");
  const std::string kept = PartName(name, "kept");
  const std::string sizes = PartName(name, "sizes");
  writer_.AddNode("Shape", shape, {x.name});
  writer_.AddNode("Slice", kept,
                  {shape, writer_.AddIntegers(PartName(name, "starts"), {0}),
                   writer_.AddIntegers(PartName(name, "ends"), {2})});
  const std::string extents_name = writer_.AddIntegers(PartName(name, "extents"), extents);
  SetInt(writer_.AddNode("Concat", sizes, {kept, extents_name}), "axis", 0);
  onnx::NodeProto& node = writer_.AddNode("Resize", name, {x.name, "", "", sizes});
  SetString(node, "coordinate_transformation_mode", "half_pixel");
  SetString(node, "mode", "linear");
  return {std::string(name), x.channels, extents};
}

}  // namespace convoy::models
