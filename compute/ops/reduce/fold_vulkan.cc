#include "compute/ops/reduce/fold_vulkan.h"

#include <cmath>
#include <vector>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/reduce/reduce.comp.
struct LinearPush {
  int32_t count;
  int32_t extent;
  int32_t inner;
  int32_t parts;
  int32_t total;
  PackedDividers<2> dividers;
};

// Mirrors shaders/reduce/reduce_image.comp.
struct ImagePush {
  int32_t count;
  int32_t places;
  Divider by_places;
  int32_t parts;
  Divider by_parts;
  int32_t image;
  int32_t in_plane;
  int32_t out_plane;
  int32_t channels;
  int32_t total;
};

// One launch: [outer][extent][inner] to [outer][parts][inner].
struct Launch {
  int64_t outer = 1, extent = 1, inner = 1;
  int64_t parts = 1;

  int64_t results() const { return outer * parts * inner; }
};

// The launches that fold `axes` one run after the other, from the innermost on. Neighbouring axes
// are one run.
std::vector<Launch> PlanLaunches(const Shape& x, std::span<const int> axes) {
  std::vector<Launch> launches;
  Launch next{.outer = x.elements()};
  size_t left = axes.size();
  for (int i = x.rank() - 1; i >= 0; --i) {
    next.outer /= x[i];
    if (left == 0 || axes[left - 1] != i) {
      next.inner *= x[i];
      continue;
    }
    --left;
    next.extent *= x[i];
    const bool goes_on = left > 0 && axes[left - 1] == i - 1;
    if (goes_on || next.extent == 1) continue;
    next.parts = PartsOf(next.extent);
    launches.push_back(next);
    if (next.parts > 1) launches.push_back({next.outer, next.parts, next.inner, 1});
    next.extent = next.parts = 1;
  }
  if (launches.empty()) launches.push_back({.inner = x.elements()});
  return launches;
}

// The part of `fold` that launch i of several does.
absl::InlinedVector<uint32_t, 8> ConstantsOf(const Fold& fold, size_t i, size_t launches,
                                             DType dtype) {
  const FoldPrepare prepare = i == 0 ? fold.prepare : FoldPrepare::kNone;
  const FoldFinish finish = i + 1 == launches ? fold.finish : FoldFinish::kNone;
  return {static_cast<uint32_t>(prepare), static_cast<uint32_t>(fold.combine),
          static_cast<uint32_t>(finish), static_cast<uint32_t>(fold.power), IsUnsigned(dtype)};
}

// Launch i of several.
absl::Status RecordImageLaunch(const Fold& fold, size_t i, size_t launches, int64_t image,
                               int64_t parts, std::array<int64_t, 2> planes, VulkanOperand in,
                               VulkanOperand out, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t places = x.n * parts;
  VulkanDispatch dispatch;
  dispatch.shader = "reduce/reduce_image";
  dispatch.inputs[0] = in;
  dispatch.output = out;
  dispatch.constants = ConstantsOf(fold, i, launches, DType::kFloat32);
  dispatch.groups = FlatGrid(x.quads() * places, builder.traits());
  dispatch.SetPush(ImagePush{
      .count = static_cast<int32_t>(x.quads() * places),
      .places = static_cast<int32_t>(places),
      .by_places = MakeDivider(places),
      .parts = static_cast<int32_t>(parts),
      .by_parts = MakeDivider(parts),
      .image = static_cast<int32_t>(image),
      .in_plane = static_cast<int32_t>(planes[0]),
      .out_plane = static_cast<int32_t>(planes[1]),
      .channels = static_cast<int32_t>(x.c),
      .total = static_cast<int32_t>(fold.total),
  });
  return builder.Dispatch(dispatch);
}

}  // namespace

int64_t PartsOf(int64_t run) {
  if (run <= kShortRun) return 1;
  return static_cast<int64_t>(std::sqrt(static_cast<double>(run)));
}

absl::Status RecordImageFold(const Fold& fold, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t image = x.d * x.h * x.w;
  const int64_t parts = PartsOf(image);
  const VulkanOperand in = builder.input_operand(0);
  const VulkanOperand out = builder.output_operand(0);
  const int64_t plane = builder.output(0).plane;
  if (parts == 1) {
    return RecordImageLaunch(fold, 0, 1, image, 1, {x.plane, plane}, in, out, builder);
  }
  const int64_t part_plane = x.n * parts;
  CONVOY_ASSIGN_OR_RETURN(const VulkanOperand folded, builder.Scratch(x.quads() * part_plane));
  CONVOY_RETURN_IF_ERROR(
      RecordImageLaunch(fold, 0, 2, image, parts, {x.plane, part_plane}, in, folded, builder));
  return RecordImageLaunch(fold, 1, 2, parts, 1, {part_plane, plane}, folded, out, builder);
}

absl::Status RecordLinearFold(const Fold& fold, std::span<const int> axes,
                              VulkanStepBuilder& builder) {
  const TensorSpec& x = builder.input(0).spec;
  const std::vector<Launch> launches = PlanLaunches(x.shape, axes);
  VulkanOperand in = builder.input_operand(0);
  for (size_t i = 0; i < launches.size(); ++i) {
    const Launch& launch = launches[i];
    VulkanDispatch dispatch;
    dispatch.shader = IsFloat(x.dtype) ? "reduce/reduce" : "reduce/reduce_integers";
    dispatch.inputs[0] = in;
    dispatch.output = builder.output_operand(0);
    if (i + 1 < launches.size()) {
      CONVOY_ASSIGN_OR_RETURN(dispatch.output, builder.Scratch(DivideUp(launch.results(), 4)));
    }
    dispatch.constants = ConstantsOf(fold, i, launches.size(), x.dtype);
    dispatch.groups = FlatGrid(launch.results(), builder.traits());
    dispatch.SetPush(LinearPush{
        .count = static_cast<int32_t>(launch.results()),
        .extent = static_cast<int32_t>(launch.extent),
        .inner = static_cast<int32_t>(launch.inner),
        .parts = static_cast<int32_t>(launch.parts),
        .total = static_cast<int32_t>(fold.total),
        .dividers = PackDividers(std::array<int64_t, 2>{launch.inner, launch.parts}),
    });
    CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
    in = dispatch.output;
  }
  return absl::OkStatus();
}

}  // namespace convoy::compute
