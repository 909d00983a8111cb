#include "compute/ops/conv/conv_choice_onednn.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "compute/cpu/cpu_facts.h"
#include "compute/cpu/onednn_call.h"
#include "compute/cpu/parallel_for.h"
#include "compute/ops/conv/panel_step_onednn.h"
#include "compute/ops/onednn_ops.h"

namespace convoy::compute {
namespace {

// Work of a trial's run. A layer with more is tried on its first rows: more rows only repeat them.
constexpr double kTrialFlops = 3e8;
constexpr int64_t kFewestTrialRows = 16;
// What a Winograd kernel may be off, as a part of the largest value; both sides round.
constexpr double kTrialTolerance = 1e-4;

// The layer as it is tried.
struct Trial {
  ConvParams params;
  Dims x, weights, y;
};

Trial TrialOf(const ConvParams& params, const OnednnStepBuilder& builder) {
  Trial trial{params, builder.dims(0), builder.dims(1), builder.output_dims()};
  if (builder.tuning().batch_invariant) trial.x[0] = trial.y[0] = 1;
  // Bias and residual cost every algorithm the same.
  trial.params.has_bias = false;
  trial.params.has_residual = false;
  const Window& window = params.window;
  const auto flops = [&] {
    return 2.0 * static_cast<double>(window.taps() * trial.weights[0] * trial.weights[1]) *
           static_cast<double>(trial.y[0] * trial.y[2] * trial.y[3]);
  };
  trial.y[0] = std::clamp<int64_t>(static_cast<int64_t>(kTrialFlops / (flops() / trial.y[0])), 1,
                                   trial.y[0]);
  const double per_row = flops() / static_cast<double>(trial.y[2]);
  const auto rows = static_cast<int64_t>(kTrialFlops / per_row) / 4 * 4;
  trial.x[0] = trial.y[0];
  if (const int64_t fewer = std::max(rows, kFewestTrialRows); fewer < trial.y[2]) {
    trial.y[2] = fewer;
    trial.x[2] = (fewer - 1) * window.strides[1] + window.extent(1) - window.pads_begin[1] -
                 window.pads_end[1];
  }
  return trial;
}

std::string SignatureOf(const Trial& trial, const Window& window, int threads) {
  return absl::StrFormat("conv %s %dx%dx%dx%d to %d, act %d, %d threads", window.ToString(),
                         trial.x[0], trial.x[1], trial.x[2], trial.x[3], trial.y[1],
                         static_cast<int>(trial.params.activation.kind), threads);
}

using Floats = std::vector<float>;

size_t FloatsOf(const Layout& layout) { return layout.get_size() / sizeof(float) + 1; }

Floats Reordered(const Floats& from, const Layout& view, const Layout& wanted,
                 const dnnl::engine& engine) {
  Floats to(FloatsOf(wanted));
  // oneDNN reads through a pointer that is not const.
  dnnl::memory source(view, engine, const_cast<float*>(from.data()));
  dnnl::memory target(wanted, engine, to.data());
  dnnl::stream stream(engine);
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
  return to;
}

// Values between -1 and 1, zero half of the time as behind a ReLU.
Floats Activations(const Layout& layout) {
  Floats values(FloatsOf(layout));
  uint32_t state = 1;
  for (float& value : values) {
    state = state * 1664525U + 1013904223U;
    value = std::max(0.0F, static_cast<float>(state >> 8) / (1 << 23) - 1.0F);
  }
  return values;
}

struct Result {
  double milliseconds = 0;
  Floats y;  // row-major
};

Result TryOnednn(const Trial& trial, dnnl::algorithm algorithm, const Floats& x,
                 const Floats& weights, const dnnl::engine& engine) {
  const auto kernel = ConvKernel(trial.params, algorithm, trial.x, trial.weights, trial.y, engine);
  const Floats source = Reordered(x, RowMajor(trial.x), kernel.src_desc(), engine);
  const Floats packed = Reordered(weights, RowMajor(trial.weights), kernel.weights_desc(), engine);
  Floats made(FloatsOf(kernel.dst_desc()));
  Floats scratch(FloatsOf(kernel.scratchpad_desc()));
  const auto address = [](const Floats& floats) { return const_cast<float*>(floats.data()); };
  const OnednnCall call(
      dnnl::convolution_forward(kernel), engine,
      std::vector<OnednnArgument>{{DNNL_ARG_SRC, kernel.src_desc(), address(source)},
                                  {DNNL_ARG_WEIGHTS, kernel.weights_desc(), address(packed)},
                                  {DNNL_ARG_DST, kernel.dst_desc(), made.data()},
                                  {DNNL_ARG_SCRATCHPAD, kernel.scratchpad_desc(), scratch.data()}});
  const dnnl::stream stream(engine);
  const double milliseconds = LeastMilliseconds([&] { call.Execute(stream).IgnoreError(); });
  return {milliseconds, Reordered(made, kernel.dst_desc(), RowMajor(trial.y), engine)};
}

Result TryWinograd(const Trial& trial, const Floats& x, const Floats& weights,
                   const dnnl::engine& engine) {
  const WinogradLayer layer = WinogradLayerOf(trial.params, trial.x, trial.y);
  const WinogradConv conv(layer, ParallelThreads());
  const Floats source = Reordered(x, RowMajor(trial.x), ChannelBlocks(trial.x), engine);
  const int64_t in = trial.x[1];
  const int64_t out = trial.y[1];
  Floats made_weights(static_cast<size_t>(WinogradWeightCount(in, out)));
  MakeWinogradWeights(weights, layer.kernel, in, out, made_weights);
  Floats made(FloatsOf(ChannelBlocks(trial.y)));
  Floats scratch(static_cast<size_t>(conv.scratch_floats()));
  const double milliseconds = LeastMilliseconds(
      [&] { conv.Run(source.data(), made_weights.data(), nullptr, made.data(), scratch.data()); });
  return {milliseconds, Reordered(made, ChannelBlocks(trial.y), RowMajor(trial.y), engine)};
}

Result TryPanels(const Trial& trial, const PanelConv& conv, const Floats& x, const Floats& weights,
                 const dnnl::engine& engine) {
  Floats made_weights(static_cast<size_t>(conv.weight_floats()));
  conv.MakeWeights(weights, made_weights);
  Floats made(FloatsOf(ChannelBlocks(trial.y)));
  Floats scratch(static_cast<size_t>(conv.scratch_floats()));
  const double milliseconds = LeastMilliseconds(
      [&] { conv.Run(x.data(), made_weights.data(), nullptr, made.data(), scratch.data()); });
  return {milliseconds, Reordered(made, ChannelBlocks(trial.y), RowMajor(trial.y), engine)};
}

bool Agree(const Floats& expected, const Floats& given) {
  double largest = 1;
  double worst = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    worst = std::max(worst, std::abs(static_cast<double>(expected[i]) - given[i]));
  }
  return worst <= kTrialTolerance * largest;
}

// nullopt where oneDNN has no Winograd for this layer on this processor.
std::optional<Result> TryOnednnWinograd(const Trial& trial, const Floats& x, const Floats& weights,
                                        const dnnl::engine& engine) {
  try {
    return TryOnednn(trial, dnnl::algorithm::convolution_winograd, x, weights, engine);
  } catch (const dnnl::error&) {
    return std::nullopt;
  }
}

// By ConvAlgorithm.
constexpr std::string_view kNames[] = {"direct", "onednn_winograd", "winograd", "panels"};

ConvAlgorithm AlgorithmOf(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  return static_cast<ConvAlgorithm>(found - std::begin(kNames));
}

// From 16 tiles on, our Winograd takes 0.4 to 0.8 of the direct kernel's time on AVX2: in ResNet,
// VGG and U-Net, and for 5x5 kernels of 32 to 128 channels. The 4 tiles of a 7x7 map do not pay for
// its larger weights, nor do the 9 that a 5x5 kernel has of a 6x6 map.
constexpr int64_t kFewestTiles = 16;
// oneDNN's direct kernels are made for images of up to 3 channels and for whole blocks of 8
// outputs.
constexpr int64_t kImageChannels = 3;
constexpr int64_t kBlockChannels = 8;

// What may compute the layer, the choice of the rules first.
std::vector<std::string> Candidates(const Trial& trial) {
  std::vector<ConvAlgorithm> algorithms = {ConvAlgorithm::kDirect};
  bool rule_is_last = false;
  if (!WinogradCovers(trial.params, trial.x[1], trial.y[1])) {
    algorithms.push_back(ConvAlgorithm::kPanels);
    rule_is_last = trial.x[1] > kImageChannels || trial.y[1] % kBlockChannels != 0;
  } else {
    if (OnednnRunsAvx512()) algorithms.push_back(ConvAlgorithm::kOnednnWinograd);
    if (CpuRunsAvx2()) algorithms.push_back(ConvAlgorithm::kWinograd);
    const int64_t tiles = WinogradLayerOf(trial.params, trial.x, trial.y).tiles();
    rule_is_last = !OnednnRunsAvx512() && tiles >= kFewestTiles;
  }
  if (rule_is_last) std::reverse(algorithms.begin(), algorithms.end());
  std::vector<std::string> names;
  for (const ConvAlgorithm algorithm : algorithms) names.emplace_back(NameOf(algorithm));
  return names;
}

// The direct kernel, and the other one if its answer agrees.
std::vector<TimedKernel> Measure(const Trial& trial, const HostTensor& values,
                                 const dnnl::engine& engine) {
  const Floats x = Activations(RowMajor(trial.x));
  Floats weights(FloatsOf(RowMajor(trial.weights)));
  std::copy(values.data<float>().begin(), values.data<float>().end(), weights.begin());
  const Result direct = TryOnednn(trial, dnnl::algorithm::convolution_direct, x, weights, engine);
  auto algorithm = ConvAlgorithm::kOnednnWinograd;
  std::optional<Result> other;
  if (!WinogradCovers(trial.params, trial.x[1], trial.y[1])) {
    const auto conv = PanelConv::ForFewChannels(trial.params, ShapeOf(trial.x), ShapeOf(trial.y));
    algorithm = ConvAlgorithm::kPanels;
    other = TryPanels(trial, *conv, x, weights, engine);
  } else {
    other = TryOnednnWinograd(trial, x, weights, engine);
  }
  if (!other.has_value() && CpuRunsAvx2()) {
    algorithm = ConvAlgorithm::kWinograd;
    other = TryWinograd(trial, x, weights, engine);
  }
  std::vector<TimedKernel> timed = {
      {std::string(NameOf(ConvAlgorithm::kDirect)), direct.milliseconds}};
  if (other.has_value() && Agree(direct.y, other->y)) {
    timed.push_back({std::string(NameOf(algorithm)), other->milliseconds});
  }
  return timed;
}

}  // namespace

std::string_view NameOf(ConvAlgorithm algorithm) { return kNames[static_cast<size_t>(algorithm)]; }

dnnl::convolution_forward::primitive_desc ConvKernel(const ConvParams& params,
                                                     dnnl::algorithm algorithm, const Dims& x,
                                                     const Dims& weights, const Dims& y,
                                                     const dnnl::engine& engine) {
  const OnednnWindow window = OnednnWindowOf(params.window);
  // The residual is summed into: as a `binary` post-op it would cost the fast kernels, which take
  // none over a whole tensor.
  dnnl::post_ops post_ops;
  if (params.has_residual) post_ops.append_sum(1.0F);
  AppendActivation(params.activation, post_ops);
  const Layout bias = params.has_bias ? RowMajor({y[1]}) : Layout();
  return {{dnnl::prop_kind::forward_inference, algorithm, AnyLayout(x), AnyLayout(weights), bias,
           AnyLayout(y), window.strides, window.dilations, window.pads_begin, window.pads_end},
          OnednnStepBuilder::Attributes(post_ops),
          engine};
}

WinogradLayer WinogradLayerOf(const ConvParams& params, const Dims& x, const Dims& y) {
  WinogradLayer layer;
  layer.kernel = params.window.kernel[1];
  layer.batch = x[0];
  layer.in_channels = x[1];
  layer.out_channels = y[1];
  layer.height = x[2];
  layer.width = x[3];
  layer.out_height = y[2];
  layer.out_width = y[3];
  layer.pad_top = params.window.pads_begin[1];
  layer.pad_left = params.window.pads_begin[2];
  layer.sums = params.has_residual;
  layer.activation = params.activation;
  return layer;
}

ConvChoice ChooseConvAlgorithm(const ConvParams& params, const OnednnStepBuilder& builder) {
  const Dims x = builder.dims(0);
  const Dims y = builder.output_dims();
  if (x.size() != 4 || builder.constant(1) == nullptr) return {};
  if (WinogradCovers(params, x[1], y[1])) {
    if (!builder.tuning().winograd) return {};
  } else if (!PanelStepObjection(params.has_bias, builder).empty() ||
             !PanelConv::FewChannelsObjection(params, ShapeOf(x), ShapeOf(y)).empty()) {
    return {};
  }
  const Trial trial = TrialOf(params, builder);
  const std::string signature = SignatureOf(trial, params.window, builder.tuning().threads);
  const std::vector<std::string> candidates = Candidates(trial);
  if (candidates.size() == 1) return {};
  const KernelChoice choice = builder.tuning().tuner.Choose(signature, candidates, [&] {
    return Measure(trial, *builder.constant(1), builder.engine());
  });
  return {AlgorithmOf(choice.kernel), choice.why.empty() ? "by rule, nothing is timed" : choice.why,
          choice.timed};
}

}  // namespace convoy::compute
