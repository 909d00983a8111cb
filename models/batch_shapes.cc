#include "models/batch_shapes.h"

#include <algorithm>

#include "compute/base/status.h"
#include "models/config/reshape.h"

namespace convoy::models {
namespace {

using compute::Shape;

// `shape` with all dims but the batch run through `translate`; unchanged where they do not fit.
template <typename Translate>
Shape Reshaped(const TensorDeclaration& tensor, const Shape& shape, bool batched,
               const Translate& translate) {
  if (!tensor.network_dims.has_value()) return shape;
  const std::span<const int64_t> dims = shape.dims().subspan(batched ? 1 : 0);
  const auto result = translate(tensor, std::vector<int64_t>(dims.begin(), dims.end()));
  if (!result.has_value()) return shape;
  Shape reshaped;
  if (batched) reshaped.Append(shape[0]);
  for (const int64_t dim : *result) reshaped.Append(dim);
  return reshaped;
}

bool IsFixed(const TensorDeclaration& tensor) {
  return std::find(tensor.dims.begin(), tensor.dims.end(), kAnyExtent) == tensor.dims.end();
}

bool AgreeButBatch(const Shape& a, const Shape& b, bool batched) {
  if (a.rank() != b.rank()) return false;
  for (int axis = batched ? 1 : 0; axis < a.rank(); ++axis) {
    if (a[axis] != b[axis]) return false;
  }
  return true;
}

}  // namespace

std::vector<int64_t> BucketsUpTo(int64_t largest) {
  std::vector<int64_t> buckets;
  for (int64_t bucket = 1; bucket < largest; bucket *= 2) buckets.push_back(bucket);
  buckets.push_back(std::max<int64_t>(1, largest));
  return buckets;
}

std::vector<Shape> InputShapes(const ModelSpec& spec, int64_t rows, int64_t open) {
  std::vector<Shape> shapes;
  for (const TensorDeclaration& input : spec.inputs) {
    Shape shape;
    if (spec.max_batch_size > 0) shape.Append(rows);
    for (const int64_t dim : input.network_dims.value_or(input.dims)) {
      shape.Append(dim == kAnyExtent ? open : dim);
    }
    shapes.push_back(shape);
  }
  return shapes;
}

bool HasFixedInputs(const ModelSpec& spec) {
  return std::all_of(spec.inputs.begin(), spec.inputs.end(), IsFixed);
}

std::optional<std::vector<Shape>> KnownShapes(const ModelSpec& spec, int64_t rows) {
  if (HasFixedInputs(spec)) return InputShapes(spec, rows, 1);
  if (!spec.image.has_value()) return std::nullopt;
  const int64_t channels = spec.image->color == ColorOrder::kGray ? 1 : 3;
  const int64_t batch = spec.max_batch_size > 0 ? rows : 1;
  Shape shape{batch, channels, spec.image->height, spec.image->width};
  if (spec.image->layout == ImageLayout::kNhwc) {
    shape = {batch, spec.image->height, spec.image->width, channels};
  }
  const bool three = spec.max_batch_size == 0 && spec.inputs[0].dims.size() == 3;
  if (three) shape = Shape(shape.dims().subspan(1));
  return std::vector<Shape>{ToNetworkShape(spec.inputs[0], shape, spec.max_batch_size > 0)};
}

Shape ToNetworkShape(const TensorDeclaration& tensor, const Shape& shape, bool batched) {
  return Reshaped(tensor, shape, batched, ToNetworkDims);
}

Shape FromNetworkShape(const TensorDeclaration& tensor, const Shape& shape, bool batched) {
  return Reshaped(tensor, shape, batched, FromNetworkDims);
}

bool CarriesBatch(const Graph& graph, int64_t rows) {
  return std::all_of(graph.outputs.begin(), graph.outputs.end(), [&](ValueId id) {
    const Shape& shape = graph.values[id].spec.shape;
    return shape.rank() > 0 && shape[0] == rows;
  });
}

bool EndsInLogits(const Graph& graph) {
  ValueId id = graph.outputs[0];
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (node.outputs[0] != id) continue;
    if (std::holds_alternative<compute::SoftmaxParams>(node.op)) return false;
    if (const auto* activation = std::get_if<compute::ActivationParams>(&node.op)) {
      return activation->kind != compute::ActivationKind::kSigmoid;
    }
    if (!std::holds_alternative<compute::ReshapeParams>(node.op)) return true;
    id = node.inputs[0];
  }
  return true;
}

absl::Status RefineOutputs(const Graph& graph, bool exact, ModelSpec& spec) {
  const int front = spec.max_batch_size > 0 ? 1 : 0;
  for (size_t i = 0; i < spec.outputs.size(); ++i) {
    const Shape& shape = graph.values[graph.outputs[i]].spec.shape;
    TensorDeclaration& output = spec.outputs[i];
    const std::vector<int64_t> dims(shape.dims().begin() + front, shape.dims().end());
    if (output.network_dims.has_value()) {
      const auto outside = FromNetworkDims(output, dims);
      if (!outside.has_value()) {
        return absl::InvalidArgumentError(
            absl::StrFormat("output '%s' is reshaped from %s, but the network gives %s",
                            output.name, DimsText(*output.network_dims), DimsText(dims)));
      }
      if (exact) output.dims = *outside;
      if (exact) output.network_dims = dims;
    } else if (exact) {
      output.dims = dims;
    } else if (output.dims.empty()) {
      output.dims.assign(dims.size(), kAnyExtent);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckBatch(const ModelSpec& spec, int64_t most_rows,
                        std::span<const BatchItem> items) {
  const bool batched = spec.max_batch_size > 0;
  if (items.empty() || (!batched && items.size() != 1)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d items make no batch of model '%s', whose max_batch_size is %d",
                        items.size(), spec.name, spec.max_batch_size));
  }
  int64_t rows = 0;
  for (const BatchItem& item : items) {
    rows += item.rows;
    for (size_t i = 0; i < item.inputs.size(); ++i) {
      const Shape& shape = item.inputs[i].spec.shape;
      if (AgreeButBatch(shape, items[0].inputs[i].spec.shape, batched)) continue;
      return absl::InvalidArgumentError(
          absl::StrFormat("shapes %s and %s cannot share a batch of model '%s'", shape.ToString(),
                          items[0].inputs[i].spec.shape.ToString(), spec.name));
    }
  }
  if (batched && rows > most_rows) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "the batch has %d rows; model '%s' takes at most %d", rows, spec.name, most_rows));
  }
  return absl::OkStatus();
}

}  // namespace convoy::models
