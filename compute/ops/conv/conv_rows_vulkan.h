// Convolution of an image of few channels where it lies as the plan is given it, row by row
// (conv/conv_rows.comp): a network's first layer, without packing the image into channel quads.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "compute/ops/conv/conv.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/conv/conv_tile_vulkan.h"

namespace convoy::compute {

// Why rows of pixels cannot be read four at a time, as one clause; empty where they can: images of
// whole vec4s a row, up to four channels, no dilation.
std::string_view RowsObjection(const ConvProblem& problem);

// Operands as for the register tile, `operands.x` linear; `operands.weights` is not used.
absl::Status RecordRows(const ConvParams& params, const ConvChoice& choice,
                        const ConvProblem& problem, ConvOperands operands,
                        VulkanStepBuilder& builder);

}  // namespace convoy::compute
