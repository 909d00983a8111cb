// Vulkan: one invocation a pixel of a channel quad; small windows of images unrolled, every other
// window in three dimensions.
#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/pool/pool.comp. Windows are at most kMaxWindowExtent, so that two share a word.
struct PoolPush {
  int32_t count;
  int32_t pixels;
  int32_t in_plane;
  int32_t out_plane;
  std::array<int32_t, 3> in_size;
  std::array<int32_t, 3> out_size;
  PackedDividers<4> dividers;
  std::array<uint32_t, 3> taps;
  std::array<int32_t, 3> strides;
  std::array<int32_t, 3> pads_begin;
  std::array<int32_t, 3> counted;
  int32_t count_begin;  // of the variant with indices: the number of channels
};
static_assert(kMaxWindowExtent < 1 << 16);

void SetWindow(const PoolParams& params, const VulkanTensor& x, PoolPush& push) {
  const Window& window = params.window;
  const Spatial size{x.d, x.h, x.w};
  for (int axis = 0; axis < 3; ++axis) {
    push.in_size[axis] = static_cast<int32_t>(size[axis]);
    push.taps[axis] = static_cast<uint32_t>(window.kernel[axis] | window.dilations[axis] << 16);
    push.strides[axis] = static_cast<int32_t>(window.strides[axis]);
    push.pads_begin[axis] = static_cast<int32_t>(window.pads_begin[axis]);
    const int64_t pads_end = params.count_include_pad ? window.pads_end[axis] : 0;
    push.counted[axis] = static_cast<int32_t>(size[axis] + pads_end);
  }
  push.count_begin = params.count_include_pad;
}

// Mirrors shaders/pool/pool_window.comp.
struct WindowPush {
  int32_t count;
  int32_t pixels;
  int32_t in_plane, out_plane;
  int32_t in_h, in_w;
  int32_t out_h, out_w;
  PackedDividers<3> dividers;
  int32_t stride_h, stride_w;
  int32_t pad_h, pad_w;
  int32_t counted_h, counted_w;
  int32_t count_begin;
};

// More taps make a kernel that drivers compile for long.
constexpr int64_t kMaxUnrolledTaps = 9;

// Whether every window touches [0, extent) along `axis`.
bool AlwaysTouches(const Window& window, int axis, int64_t in, int64_t out) {
  return window.pads_begin[axis] < window.kernel[axis] &&
         (out - 1) * window.strides[axis] - window.pads_begin[axis] < in;
}

bool FitsWindow(const PoolParams& params, const VulkanTensor& x, const VulkanTensor& y) {
  const Window& window = params.window;
  return params.indices == PoolIndices::kNone && params.kind != PoolKind::kLp &&
         window.kernel[0] == 1 && window.strides[0] == 1 && x.d == 1 && window.pads_begin[0] == 0 &&
         window.dilations == Spatial{1, 1, 1} && window.taps() <= kMaxUnrolledTaps &&
         AlwaysTouches(window, 1, x.h, y.h) && AlwaysTouches(window, 2, x.w, y.w);
}

absl::Status RecordWindow(const PoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  const Window& window = params.window;
  const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
  const bool counts_pad = params.count_include_pad;
  WindowPush push{};
  push.count = narrow(y.quads() * y.pixels());
  push.pixels = narrow(y.pixels());
  push.in_plane = narrow(x.plane);
  push.out_plane = narrow(y.plane);
  push.in_h = narrow(x.h);
  push.in_w = narrow(x.w);
  push.out_h = narrow(y.h);
  push.out_w = narrow(y.w);
  push.dividers = PackDividers(std::array<int64_t, 3>{y.pixels(), y.h * y.w, y.w});
  push.stride_h = narrow(window.strides[1]);
  push.stride_w = narrow(window.strides[2]);
  push.pad_h = narrow(window.pads_begin[1]);
  push.pad_w = narrow(window.pads_begin[2]);
  push.counted_h = narrow(x.h + (counts_pad ? window.pads_end[1] : 0));
  push.counted_w = narrow(x.w + (counts_pad ? window.pads_end[2] : 0));
  push.count_begin = counts_pad;

  VulkanDispatch dispatch;
  dispatch.shader = "pool/pool_window";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  dispatch.constants = {params.kind == PoolKind::kMax, static_cast<uint32_t>(window.kernel[1]),
                        static_cast<uint32_t>(window.kernel[2])};
  dispatch.groups = FlatGrid(push.count, builder.traits());
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace

VulkanLayouts ChooseLayouts(const PoolParams&, const VulkanStepShape& shape) {
  return SameLayout(kC4Layout, shape);
}

absl::Status RecordVulkan(const PoolParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const VulkanTensor& y = builder.output(0);
  if (FitsWindow(params, x, y)) return RecordWindow(params, builder);
  const int64_t count = y.quads() * y.pixels();
  PoolPush push{};
  push.count = static_cast<int32_t>(count);
  push.pixels = static_cast<int32_t>(y.pixels());
  push.in_plane = static_cast<int32_t>(x.plane);
  push.out_plane = static_cast<int32_t>(y.plane);
  push.out_size = {static_cast<int32_t>(y.d), static_cast<int32_t>(y.h), static_cast<int32_t>(y.w)};
  push.dividers = PackDividers(std::array<int64_t, 4>{y.pixels(), y.d * y.h * y.w, y.h * y.w, y.w});
  SetWindow(params, x, push);

  VulkanDispatch dispatch;
  dispatch.shader = "pool/pool";
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = builder.output_operand(0);
  dispatch.constants = {static_cast<uint32_t>(params.kind), static_cast<uint32_t>(params.p),
                        params.indices == PoolIndices::kColumnMajor};
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(push);
  CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
  if (params.indices == PoolIndices::kNone) return absl::OkStatus();

  dispatch.shader = "pool/pool_indices";
  dispatch.output = builder.output_operand(1);
  push.out_plane = static_cast<int32_t>(builder.output(1).plane);
  push.count_begin = static_cast<int32_t>(x.c);
  dispatch.SetPush(push);
  return builder.Dispatch(dispatch);
}

}  // namespace convoy::compute
