#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "compute/cpu/cpu_facts.h"
#include "compute/ops/onednn_ops.h"
#include "compute/ops/pool/vector_pool.h"

namespace convoy::compute {
namespace {

// Elements along `axis` that the last window reaches past the padded input; ceil_mode makes it
// positive.
int64_t Overhang(const OnednnWindow& window, int axis, int64_t in, int64_t out) {
  const int64_t extent = (window.dilations[axis] + 1) * (window.kernel[axis] - 1) + 1;
  const int64_t reach = (out - 1) * window.strides[axis] + extent;
  return reach - (in + window.pads_begin[axis] + window.pads_end[axis]);
}

dnnl::pooling_v2_forward::primitive_desc KernelFor(dnnl::algorithm algorithm,
                                                   const OnednnWindow& window, const Layout& source,
                                                   const OnednnStepBuilder& builder) {
  return {{dnnl::prop_kind::forward_inference, algorithm, source, AnyLayout(builder.output_dims()),
           window.strides, window.kernel, window.dilations, window.pads_begin, window.pads_end},
          OnednnStepBuilder::Attributes(),
          builder.engine()};
}

// Our own kernel for feature maps that lie in blocks of 8 channels.
std::optional<VectorPool> VectorPoolFor(const PoolParams& params, OnednnStepBuilder& builder) {
  const Dims x = builder.dims(0);
  const auto refuse = [&](std::string_view why) {
    builder.Refuse("pool", why);
    return std::nullopt;
  };
  if (!CpuRunsAvx2()) return refuse("the processor has no AVX2 with FMA");
  if (OnednnRunsAvx512()) return refuse("oneDNN's kernels for AVX-512 are faster");
  if (x.size() != 4) return refuse("it is made for two dimensions");
  if (!SameBytes(builder.layout(0), ChannelBlocks(x))) {
    return refuse("the input does not lie in blocks of 8 channels");
  }
  const Dims y = builder.output_dims();
  std::optional<VectorPool> pool = VectorPool::For(params, Shape(std::span<const int64_t>(x)),
                                                   Shape(std::span<const int64_t>(y)));
  if (!pool.has_value()) return refuse("the window is too large or has nothing but padding");
  return pool;
}

absl::Status BuildVectorPool(const VectorPool& pool, OnednnStepBuilder& builder) {
  builder.Read(DNNL_ARG_SRC, 0, ChannelBlocks(builder.dims(0)));
  builder.Write(ChannelBlocks(builder.output_dims()));
  builder.ExecuteOwn(
      [shared = std::make_shared<const VectorPool>(pool)](std::span<std::byte* const> operands) {
        shared->Run(reinterpret_cast<const float*>(operands[0]),
                    reinterpret_cast<float*>(operands[1]));
      },
      "pool:avx2", 0);
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildOnednn(const PoolParams& params, OnednnStepBuilder& builder) {
  if (params.kind == PoolKind::kLp) return absl::UnimplementedError("oneDNN has no Lp pooling");
  OnednnWindow window = OnednnWindowOf(params.window);
  const bool counts_pads = params.kind == PoolKind::kAverage && params.count_include_pad;
  const Dims in = builder.dims(0);
  const Dims out = builder.output_dims();
  for (int axis = 0; axis < params.window.rank; ++axis) {
    const int64_t overhang = Overhang(window, axis, in[axis + 2], out[axis + 2]);
    if (overhang <= 0) continue;
    if (counts_pads) {
      return absl::UnimplementedError("oneDNN counts the taps that only ceil_mode adds");
    }
    window.pads_end[axis] += overhang;
  }
  if (const auto pool = VectorPoolFor(params, builder)) {
    builder.Refuse("pooling", "by rule: oneDNN's is the slower for maps in blocks of 8 channels");
    return BuildVectorPool(*pool, builder);
  }

  const dnnl::algorithm algorithm = params.kind == PoolKind::kMax ? dnnl::algorithm::pooling_max
                                    : counts_pads ? dnnl::algorithm::pooling_avg_include_padding
                                                  : dnnl::algorithm::pooling_avg_exclude_padding;
  dnnl::pooling_v2_forward::primitive_desc kernel =
      KernelFor(algorithm, window, builder.layout(0), builder);
  if (IsPlainLoop(kernel)) {
    // The fast kernels know channels-last; none of them knows dilation.
    dnnl::pooling_v2_forward::primitive_desc other =
        KernelFor(algorithm, window, ChannelsLast(in), builder);
    if (!IsPlainLoop(other)) kernel = std::move(other);
  }

  builder.Read(DNNL_ARG_SRC, 0, kernel.src_desc());
  builder.Write(kernel.dst_desc());
  builder.Execute(dnnl::pooling_v2_forward(kernel), kernel);
  return absl::OkStatus();
}

}  // namespace convoy::compute
