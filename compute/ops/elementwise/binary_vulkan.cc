// Vulkan: whole vec4s where the operands are alike but for stretched channels, samples or images,
// in kC4 or kLinear; float by float with general strides otherwise.
#include "absl/strings/str_format.h"
#include "compute/base/status.h"
#include "compute/ops/indexing.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/strided_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/elementwise/binary.comp.
struct BinaryPush {
  int32_t count;
  int32_t pixels;
  Divider by_pixels;
  int32_t image;
  Divider by_image;
  int32_t channels;
  int32_t out_plane;
  std::array<int32_t, 2> quad_strides;
  std::array<int32_t, 2> sample_strides;
  std::array<int32_t, 2> pixel_strides;
  std::array<int32_t, 2> splats;
  float alpha;
  float beta;
};

// Mirrors shaders/elementwise/broadcast.comp.
struct BroadcastPush {
  StridedPush walk;
  float alpha;
  float beta;
};

struct Operand {
  VulkanOperand memory;
  int64_t quad_stride = 0, sample_stride = 0, pixel_stride = 0;  // vec4s
  bool splat = false;
};

// The image of `shape` is the output's, or a single pixel.
bool ImageIsWholeOrOne(const Shape& shape, const Shape& out) {
  bool whole = true, one = true;
  for (int i = 2; i < out.rank(); ++i) {
    whole = whole && shape[i] == out[i];
    one = one && shape[i] == 1;
  }
  return whole || one;
}

// Constants are packed into any form; a tensor's dimensions must be the output's.
bool FitsChannels(const VulkanStepShape& shape) {
  const Shape& out = shape.outputs[0].shape;
  if (!HasChannels(out)) return false;
  bool lies_in_channels = false;
  for (size_t i = 0; i < 2; ++i) {
    if (shape.constant[i]) continue;
    const Shape& in = shape.inputs[i].shape;
    if (in.rank() != out.rank() || !ImageIsWholeOrOne(in, out)) return false;
    lies_in_channels = lies_in_channels || shape.layouts[i] == kC4Layout;
  }
  return lies_in_channels;
}

Shape WithRank(const Shape& shape, int rank) {
  Shape result;
  for (int i = shape.rank(); i < rank; ++i) result.Append(1);
  for (const int64_t dim : shape.dims()) result.Append(dim);
  return result;
}

// The values of a constant as channel quads without gaps: [quads][n][image]. `form` is the shape
// that the constant stretches to.
std::vector<float> PackQuads(std::span<const float> values, const Shape& shape, const Shape& form) {
  const ChannelDims dims = ChannelDimsOf(form);
  std::vector<float> packed(static_cast<size_t>(RoundUp(dims.c, 4) * dims.n * dims.image));
  OffsetWalk walk(form, BroadcastStrides(shape, form));
  for (int64_t n = 0; n < dims.n; ++n) {
    for (int64_t c = 0; c < dims.c; ++c) {
      for (int64_t p = 0; p < dims.image; ++p, walk.Next()) {
        const int64_t vec4 = ((c / 4) * dims.n + n) * dims.image + p;
        packed[static_cast<size_t>(vec4 * 4 + c % 4)] = values[static_cast<size_t>(walk.offset())];
      }
    }
  }
  return packed;
}

void SetStrides(const ChannelDims& dims, const ChannelDims& out, int64_t plane, Operand& operand) {
  operand.quad_stride = dims.c == 1 ? 0 : plane;
  operand.sample_stride = dims.n == 1 ? 0 : dims.image;
  operand.pixel_stride = dims.image == 1 ? 0 : 1;
  operand.splat = dims.c == 1 && out.c > 1;
}

absl::StatusOr<Operand> ChannelOperand(int i, const Shape& out, VulkanStepBuilder& builder) {
  Operand operand;
  const HostTensor* constant = builder.constant(i);
  if (constant == nullptr) {
    operand.memory = builder.input_operand(i);
    SetStrides(ChannelDimsOf(builder.input(i).spec.shape), ChannelDimsOf(out),
               builder.input(i).plane, operand);
    return operand;
  }
  Shape form = WithRank(constant->spec().shape, out.rank());
  if (!ImageIsWholeOrOne(form, out)) {
    for (int axis = 2; axis < out.rank(); ++axis) form[axis] = out[axis];
  }
  const std::string packing =
      absl::StrFormat("quads %s of %s", form.ToString(), constant->spec().shape.ToString());
  CONVOY_ASSIGN_OR_RETURN(operand.memory,
                          builder.Weights(*constant, packing, [&](std::span<const float> values) {
                            return PackQuads(values, constant->spec().shape, form);
                          }));
  const ChannelDims dims = ChannelDimsOf(form);
  SetStrides(dims, ChannelDimsOf(out), dims.n * dims.image, operand);
  return operand;
}

BinaryPush MakePush(const BinaryParams& params, const Operand& a, const Operand& b) {
  BinaryPush push{};
  push.quad_strides = {static_cast<int32_t>(a.quad_stride), static_cast<int32_t>(b.quad_stride)};
  push.sample_strides = {static_cast<int32_t>(a.sample_stride),
                         static_cast<int32_t>(b.sample_stride)};
  push.pixel_strides = {static_cast<int32_t>(a.pixel_stride), static_cast<int32_t>(b.pixel_stride)};
  push.splats = {a.splat, b.splat};
  push.alpha = params.activation.alpha;
  push.beta = params.activation.beta;
  return push;
}

// The dispatch of one variant of `stem`, without its sizes.
VulkanDispatch Kernel(std::string_view stem, const BinaryParams& params,
                      const VulkanStepBuilder& builder) {
  const DType dtype = builder.input(0).spec.dtype;
  VulkanDispatch dispatch;
  dispatch.shader =
      absl::StrFormat("%s%s", stem, ElementVariant(dtype, builder.output(0).spec.dtype));
  dispatch.constants = {static_cast<uint32_t>(params.kind),
                        static_cast<uint32_t>(params.activation.kind), WordBits(dtype),
                        IsUnsigned(dtype)};
  dispatch.output = builder.output_operand(0);
  return dispatch;
}

absl::Status RecordQuads(const BinaryParams& params, BinaryPush push, const Operand& a,
                         const Operand& b, int64_t quads, int64_t pixels, int64_t image,
                         VulkanStepBuilder& builder) {
  push.count = static_cast<int32_t>(quads * pixels);
  push.pixels = static_cast<int32_t>(pixels);
  push.by_pixels = MakeDivider(pixels);
  push.image = static_cast<int32_t>(image);
  push.by_image = MakeDivider(image);
  VulkanDispatch dispatch = Kernel("elementwise/binary", params, builder);
  dispatch.inputs[0] = a.memory;
  dispatch.inputs[1] = b.memory;
  dispatch.groups = FlatGrid(quads * pixels, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

absl::Status RecordChannels(const BinaryParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& out = builder.output(0);
  CONVOY_ASSIGN_OR_RETURN(const Operand a, ChannelOperand(0, out.spec.shape, builder));
  CONVOY_ASSIGN_OR_RETURN(const Operand b, ChannelOperand(1, out.spec.shape, builder));
  BinaryPush push = MakePush(params, a, b);
  push.channels = static_cast<int32_t>(out.c);
  push.out_plane = static_cast<int32_t>(out.plane);
  return RecordQuads(params, push, a, b, out.quads(), out.pixels(), out.pixels() / out.n, builder);
}

// Both operands hold one value or as many as the output: linear tensors are walked as one plane.
absl::Status RecordOnePlane(const BinaryParams& params, VulkanStepBuilder& builder) {
  std::array<Operand, 2> operands;
  const VulkanTensor& out = builder.output(0);
  for (int i = 0; i < 2; ++i) {
    operands[i].memory = builder.input_operand(i);
    operands[i].splat = builder.input(i).spec.elements() == 1;
    operands[i].pixel_stride = operands[i].splat ? 0 : 1;
  }
  BinaryPush push = MakePush(params, operands[0], operands[1]);
  push.channels = 4;
  return RecordQuads(params, push, operands[0], operands[1], 1, out.vec4s(), out.vec4s(), builder);
}

absl::Status RecordBroadcast(const BinaryParams& params, VulkanStepBuilder& builder) {
  const Shape& out = builder.output(0).spec.shape;
  const StridedWalk walk{out, BroadcastStrides(builder.input(0).spec.shape, out),
                         BroadcastStrides(builder.input(1).spec.shape, out)};
  CONVOY_ASSIGN_OR_RETURN(const StridedPush walk_push, MakeStridedPush(walk));
  VulkanDispatch dispatch = Kernel("elementwise/broadcast", params, builder);
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.inputs[1] = builder.input_operand(1);
  dispatch.groups = FlatGrid(walk_push.count, builder.traits());
  dispatch.SetPush(BroadcastPush{
      .walk = walk_push,
      .alpha = params.activation.alpha,
      .beta = params.activation.beta,
  });
  return builder.Dispatch(dispatch);
}

}  // namespace

VulkanLayouts ChooseLayouts(const BinaryParams&, const VulkanStepShape& shape) {
  if (!FitsChannels(shape)) return SameLayout(kLinearLayout, shape);
  VulkanLayouts layouts = SameLayout(kC4Layout, shape);
  for (size_t i = 0; i < 2; ++i) {
    if (shape.constant[i]) layouts.inputs[i] = VulkanLayouts::kHost;
  }
  return layouts;
}

absl::Status RecordVulkan(const BinaryParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& out = builder.output(0);
  if (out.layout == VulkanLayout::kC4) return RecordChannels(params, builder);
  for (int i = 0; i < 2; ++i) {
    const int64_t elements = builder.input(i).spec.elements();
    if (elements != 1 && elements != out.spec.elements()) return RecordBroadcast(params, builder);
  }
  return RecordOnePlane(params, builder);
}

}  // namespace convoy::compute
