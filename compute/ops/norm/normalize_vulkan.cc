// Vulkan: the moments of every set, in parts where a set is large, then one pass over the elements.
// Channel quads where the sets are groups of channels, else linear.
#include <array>

#include "compute/base/checked.h"
#include "compute/base/status.h"
#include "compute/ops/launch_vulkan.h"
#include "compute/ops/reduce/fold_vulkan.h"
#include "compute/ops/vulkan_ops.h"
#include "compute/vulkan/fast_divide.h"
#include "compute/vulkan/flat_grid.h"

namespace convoy::compute {
namespace {

// Mirrors shaders/norm/moments.comp.
struct MomentsPush {
  int32_t count;
  int32_t extent;
  int32_t parts;
  Divider by_parts;
};

// Mirrors shaders/norm/moments_image.comp.
struct MomentsImagePush {
  int32_t count;
  int32_t places;
  Divider by_places;
  int32_t parts;
  Divider by_parts;
  int32_t image;
  int32_t in_plane;
  int32_t channels;
};

// Mirrors shaders/norm/moments_join.comp.
struct JoinPush {
  int32_t sets;
  int32_t entries;
  int32_t parts;
  int32_t extent;
  float epsilon;
};

// Mirrors shaders/norm/normalize.comp.
struct NormalizePush {
  int32_t count;
  std::array<int32_t, 2> periods;
  PackedDividers<5> dividers;
};

// Mirrors shaders/norm/normalize_image.comp.
struct NormalizeImagePush {
  int32_t count;
  int32_t pixels;
  int32_t channels;
  int32_t groups;
  int32_t in_plane;
  int32_t out_plane;
  PackedDividers<3> dividers;
};

// How a sample's sets lie in its channels: the groups of {1, groups}, or each channel for {2, 1}.
int64_t GroupsOfChannels(const NormalizeParams& params, const Shape& x) {
  return params.axis == 1 ? params.groups : x[1];
}

// The moments of runs of `extent` elements, each in `parts`; a set has `runs` of them.
struct Moments {
  int64_t sets = 0;
  int64_t runs = 1;
  int64_t extent = 1;
  int64_t parts = 1;
  VulkanOperand parts_of_runs;
};

Moments PlanMoments(const NormalizeParams& params, const VulkanTensor& x) {
  if (x.layout == VulkanLayout::kLinear) {
    const int64_t extent = SetExtent(params, x.spec.shape);
    return {x.spec.elements() / extent, 1, extent, PartsOf(extent), {}};
  }
  const int64_t groups = GroupsOfChannels(params, x.spec.shape);
  const int64_t image = x.d * x.h * x.w;
  return {x.n * groups, x.c / groups, image, PartsOf(image), {}};
}

void SetImageMoments(const Moments& moments, const VulkanTensor& x, const VulkanTraits& traits,
                     VulkanDispatch& dispatch) {
  const int64_t places = x.n * moments.parts;
  dispatch.shader = "norm/moments_image";
  dispatch.groups = FlatGrid(x.quads() * places, traits);
  dispatch.SetPush(MomentsImagePush{
      .count = static_cast<int32_t>(x.quads() * places),
      .places = static_cast<int32_t>(places),
      .by_places = MakeDivider(places),
      .parts = static_cast<int32_t>(moments.parts),
      .by_parts = MakeDivider(moments.parts),
      .image = static_cast<int32_t>(moments.extent),
      .in_plane = static_cast<int32_t>(x.plane),
      .channels = static_cast<int32_t>(x.c),
  });
}

void SetLinearMoments(const Moments& moments, const VulkanTraits& traits,
                      VulkanDispatch& dispatch) {
  const int64_t count = moments.sets * moments.parts;
  dispatch.shader = "norm/moments";
  dispatch.groups = FlatGrid(count, traits);
  dispatch.SetPush(MomentsPush{static_cast<int32_t>(count), static_cast<int32_t>(moments.extent),
                               static_cast<int32_t>(moments.parts), MakeDivider(moments.parts)});
}

absl::StatusOr<Moments> RecordMoments(const NormalizeParams& params, VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  Moments moments = PlanMoments(params, x);
  const int64_t pairs = moments.sets * moments.runs * moments.parts;
  CONVOY_ASSIGN_OR_RETURN(moments.parts_of_runs, builder.Scratch(DivideUp(pairs, 2)));
  VulkanDispatch dispatch;
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.output = moments.parts_of_runs;
  dispatch.constants = {params.kind == NormalizeKind::kMeanVariance};
  if (x.layout == VulkanLayout::kC4) {
    SetImageMoments(moments, x, builder.traits(), dispatch);
  } else {
    SetLinearMoments(moments, builder.traits(), dispatch);
  }
  CONVOY_RETURN_IF_ERROR(builder.Dispatch(dispatch));
  return moments;
}

// Pairs of mean and 1 / deviation, or one of both.
enum class Wanted : uint32_t { kPairs, kMeans, kDeviations };

absl::Status RecordJoin(const NormalizeParams& params, const Moments& moments, Wanted wanted,
                        VulkanOperand out, VulkanStepBuilder& builder) {
  VulkanDispatch dispatch;
  dispatch.shader = "norm/moments_join";
  dispatch.inputs[0] = moments.parts_of_runs;
  dispatch.output = out;
  dispatch.constants = {static_cast<uint32_t>(wanted)};
  dispatch.groups = FlatGrid(moments.sets, builder.traits());
  dispatch.SetPush(JoinPush{
      static_cast<int32_t>(moments.sets), static_cast<int32_t>(moments.runs * moments.parts),
      static_cast<int32_t>(moments.parts), static_cast<int32_t>(moments.extent), params.epsilon});
  return builder.Dispatch(dispatch);
}

absl::Status RecordLinear(const NormalizeParams& params, VulkanDispatch& dispatch,
                          VulkanStepBuilder& builder) {
  const Shape& x = builder.input(0).spec.shape;
  const auto affine_of = [&](bool present, int input) -> absl::StatusOr<Affine> {
    if (!present) return Affine{};
    return AffineOf(builder.input(input).spec.shape, x);
  };
  CONVOY_ASSIGN_OR_RETURN(const Affine scale, affine_of(params.has_scale, 1));
  CONVOY_ASSIGN_OR_RETURN(const Affine bias, affine_of(params.has_bias, params.bias_input()));
  dispatch.shader = "norm/normalize";
  dispatch.groups = FlatGrid(x.elements(), builder.traits());
  dispatch.SetPush(NormalizePush{
      .count = static_cast<int32_t>(x.elements()),
      .periods = {static_cast<int32_t>(scale.period), static_cast<int32_t>(bias.period)},
      .dividers = PackDividers(std::array<int64_t, 5>{SetExtent(params, x), scale.inner,
                                                      scale.period, bias.inner, bias.period}),
  });
  return builder.Dispatch(dispatch);
}

absl::Status RecordImage(const NormalizeParams& params, VulkanDispatch& dispatch,
                         VulkanStepBuilder& builder) {
  const VulkanTensor& x = builder.input(0);
  const int64_t count = x.quads() * x.pixels();
  const int64_t groups = GroupsOfChannels(params, x.spec.shape);
  dispatch.shader = "norm/normalize_image";
  dispatch.groups = FlatGrid(count, builder.traits());
  dispatch.SetPush(NormalizeImagePush{
      .count = static_cast<int32_t>(count),
      .pixels = static_cast<int32_t>(x.pixels()),
      .channels = static_cast<int32_t>(x.c),
      .groups = static_cast<int32_t>(groups),
      .in_plane = static_cast<int32_t>(x.plane),
      .out_plane = static_cast<int32_t>(builder.output(0).plane),
      .dividers = PackDividers(std::array<int64_t, 3>{x.pixels(), x.d * x.h * x.w, x.c / groups}),
  });
  return builder.Dispatch(dispatch);
}

bool FitsChannels(const NormalizeParams& params, std::span<const TensorSpec> inputs) {
  const Shape& x = inputs[0].shape;
  if (!HasChannels(x) || x.rank() < 3) return false;
  if (params.axis != 1 && !(params.axis == 2 && params.groups == 1)) return false;
  const ChannelDims dims = ChannelDimsOf(x);
  for (size_t i = 1; i < inputs.size(); ++i) {
    const absl::StatusOr<Affine> affine = AffineOf(inputs[i].shape, x);
    if (!affine.ok() || *affine != Affine{dims.image, dims.c}) return false;
  }
  return true;
}

}  // namespace

VulkanLayouts ChooseLayouts(const NormalizeParams& params, const VulkanStepShape& shape) {
  VulkanLayouts layouts = SameLayout(kLinearLayout, shape);
  if (LiesInChannels(shape) && FitsChannels(params, shape.inputs)) {
    layouts.inputs[0] = layouts.outputs[0] = kC4Layout;
  }
  return layouts;
}

absl::Status RecordVulkan(const NormalizeParams& params, VulkanStepBuilder& builder) {
  CONVOY_ASSIGN_OR_RETURN(const Moments moments, RecordMoments(params, builder));
  CONVOY_ASSIGN_OR_RETURN(const VulkanOperand pairs, builder.Scratch(DivideUp(moments.sets, 2)));
  CONVOY_RETURN_IF_ERROR(RecordJoin(params, moments, Wanted::kPairs, pairs, builder));
  if (params.statistics) {
    CONVOY_RETURN_IF_ERROR(
        RecordJoin(params, moments, Wanted::kMeans, builder.output_operand(1), builder));
    CONVOY_RETURN_IF_ERROR(
        RecordJoin(params, moments, Wanted::kDeviations, builder.output_operand(2), builder));
  }
  VulkanDispatch dispatch;
  dispatch.inputs[0] = builder.input_operand(0);
  dispatch.inputs[1] = pairs;
  if (params.has_scale) dispatch.inputs[2] = builder.input_operand(1);
  if (params.has_bias) dispatch.inputs[3] = builder.input_operand(params.bias_input());
  dispatch.output = builder.output_operand(0);
  dispatch.constants = {params.has_scale, params.has_bias};
  const bool image = builder.input(0).layout == VulkanLayout::kC4;
  return image ? RecordImage(params, dispatch, builder) : RecordLinear(params, dispatch, builder);
}

}  // namespace convoy::compute
