// Conv and ConvTranspose.
#include <array>

#include "models/onnx/window_attributes.h"

namespace convoy::models {
namespace {

using compute::ConvTransposeParams;
using compute::Shape;
using compute::Spatial;
using compute::Window;

absl::Status ImportConv(NodeImport& node) {
  CONVOY_ASSIGN_OR_RETURN(compute::ConvParams params, ReadConv(node, 0, 1));
  params.has_bias = node.has_input(2);
  return node.Finish(params, node.inputs());
}

// Pads from the wanted output extents: total = stride * (in - 1) + output_padding + extent - out.
// Where the output is larger than the windows reach, the surplus is output padding.
absl::Status PadsFromOutput(const Shape& x, const Spatial& output, AutoPad auto_pad,
                            ConvTransposeParams& params) {
  Window& window = params.window;
  for (int axis = 3 - window.rank; axis < 3; ++axis) {
    const int64_t in = x[x.rank() - 3 + axis];
    const int64_t full =
        window.strides[axis] * (in - 1) + params.output_padding[axis] + window.extent(axis);
    if (output[axis] < 1 || output[axis] > full + compute::kMaxWindowExtent) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "output_shape asks for an extent of %d where the windows reach %d", output[axis], full));
    }
    const int64_t total = full - output[axis];
    if (total >= 0) {
      SplitPads(auto_pad, total, window.pads_begin[axis], window.pads_end[axis]);
    } else {
      window.pads_begin[axis] = window.pads_end[axis] = 0;
      params.output_padding[axis] -= total;
    }
  }
  return absl::OkStatus();
}

absl::Status ResolveTransposePads(NodeImport& node, ConvTransposeParams& params) {
  const Shape& x = node.shape(0);
  const int rank = params.window.rank;
  CONVOY_ASSIGN_OR_RETURN(const AutoPad auto_pad, AutoPadOf(node));
  const std::vector<int64_t> output_shape = node.Ints("output_shape");
  Spatial output{1, 1, 1};
  if (!output_shape.empty()) {
    // Some exporters give batch and channels as well.
    const size_t given = output_shape.size();
    if (given != static_cast<size_t>(rank) && given != static_cast<size_t>(rank) + 2) {
      return absl::InvalidArgumentError(
          absl::StrFormat("output_shape has %d values where %d are asked for", given, rank));
    }
    std::copy(output_shape.end() - rank, output_shape.end(), output.end() - rank);
    return PadsFromOutput(x, output, auto_pad, params);
  }
  if (auto_pad == AutoPad::kExplicit || auto_pad == AutoPad::kValid) return absl::OkStatus();
  for (int axis = 3 - rank; axis < 3; ++axis) {
    output[axis] = x[x.rank() - 3 + axis] * params.window.strides[axis];
  }
  return PadsFromOutput(x, output, auto_pad, params);
}

absl::Status ImportConvTranspose(NodeImport& node) {
  ConvTransposeParams params;
  CONVOY_ASSIGN_OR_RETURN(params.window, ReadWindow(node, node.shape(0), KernelOf(node.shape(1))));
  CONVOY_ASSIGN_OR_RETURN(params.output_padding,
                          ReadSpatial(node, "output_padding", params.window.rank, 0));
  CONVOY_RETURN_IF_ERROR(ResolveTransposePads(node, params));
  params.group = node.Int("group", 1);
  params.has_bias = node.has_input(2);
  return node.Finish(params, node.inputs());
}

}  // namespace

std::span<const ImportRule> ConvRules() {
  static constexpr std::array kRules = {
      ImportRule{"Conv", 2, 3, ImportConv},
      ImportRule{"ConvTranspose", 2, 3, ImportConvTranspose},
  };
  return kRules;
}

}  // namespace convoy::models
