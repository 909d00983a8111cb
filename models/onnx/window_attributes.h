// The attributes that convolution, up-convolution and pooling share: kernel_shape, strides,
// dilations, pads and auto_pad, turned into a Window.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compute/ops/conv/conv.h"
#include "compute/ops/window.h"
#include "models/onnx/node_import.h"

namespace convoy::models {

// How pads follow from auto_pad.
enum class AutoPad { kExplicit, kValid, kSameUpper, kSameLower };
absl::StatusOr<AutoPad> AutoPadOf(NodeImport& node);

// Kernel, strides, dilations and explicit pads; of `fallback_kernel` (the weights' spatial extents)
// where kernel_shape is left out. Extents are checked against kMaxWindowExtent.
absl::StatusOr<compute::Window> ReadWindow(NodeImport& node, const compute::Shape& x,
                                           std::span<const int64_t> fallback_kernel);
// The spatial extents of weights [M, C, kernel...].
std::span<const int64_t> KernelOf(const compute::Shape& weights);

// Sets the pads of a forward window so that the output has ceil(in / stride) positions.
void ResolveSamePads(AutoPad auto_pad, const compute::Shape& x, compute::Window& window);

// The attributes of a convolution of input `x` by weights `w`, without bias.
absl::StatusOr<compute::ConvParams> ReadConv(NodeImport& node, int x, int w);

// Splits `total` between both sides; the odd one goes to the end for kSameUpper, else to the front.
void SplitPads(AutoPad auto_pad, int64_t total, int64_t& begin, int64_t& end);

// The spatial entries of an attribute with one value a dimension, right-aligned in D, H, W;
// `fallback` where it is left out.
absl::StatusOr<compute::Spatial> ReadSpatial(NodeImport& node, const char* attribute, int rank,
                                             int64_t fallback);

}  // namespace convoy::models
