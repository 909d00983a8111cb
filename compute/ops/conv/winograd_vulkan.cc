#include "compute/ops/conv/winograd_vulkan.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "compute/base/status.h"

namespace convoy::compute {
namespace {

// A transformed tensor takes about this much: it stays near the caches, and far below the 128 MiB
// that a binding holds at least.
constexpr int64_t kChunkBytes = int64_t{32} << 20;

int64_t Points(int tile) { return int64_t{tile + 2} * (tile + 2); }

using Row = std::array<double, 3>;

// The rows of G, one a point, in the order of shaders/conv/winograd.glsl.
std::vector<Row> FilterRows(int tile) {
  if (tile == 2) return {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  const double a = std::sqrt(0.5);
  const double b = std::sqrt(2.0);
  return {{1, 0, 0},
          {-2.0 / 3, -2 * a / 3, -1.0 / 3},
          {-2.0 / 3, 2 * a / 3, -1.0 / 3},
          {1.0 / 6, b / 6, 1.0 / 3},
          {1.0 / 6, -b / 6, 1.0 / 3},
          {0, 0, 1}};
}

// [M][C][9] as the 1x1 weights of every point.
std::vector<float> PackPoints(std::span<const float> weights, int64_t channels, int64_t outputs,
                              int tile, const TilePacking& packing) {
  const int64_t points = Points(tile);
  const int64_t filters = outputs * channels;
  std::vector<float> transformed(static_cast<size_t>(points * filters));
  for (int64_t f = 0; f < filters; ++f) {
    const std::vector<double> values =
        TransformFilter(weights.subspan(static_cast<size_t>(f * 9)).first<9>(), tile);
    for (int64_t p = 0; p < points; ++p) {
      transformed[static_cast<size_t>(p * filters + f)] =
          static_cast<float>(values[static_cast<size_t>(p)]);
    }
  }
  return packing.Pack([](int64_t) { return int64_t{1}; },
                      [&](int64_t z, int64_t m, int64_t c, int64_t) {
                        if (m >= outputs || c >= channels) return 0.0F;
                        return transformed[static_cast<size_t>(z * filters + m * channels + c)];
                      });
}

// The dispatches of one layer. Sizes are those of the transformed tensors.
class WinogradRecorder {
 public:
  WinogradRecorder(const ConvParams& params, const ConvChoice& choice, const ConvProblem& problem,
                   const ConvOperands& operands, VulkanStepBuilder& builder)
      : params_(params),
        choice_(choice),
        problem_(problem),
        operands_(operands),
        builder_(builder),
        tile_(choice.kernel->px),
        tiles_(PlanWinogradTiles(problem, tile_)),
        points_(Points(tile_)),
        in_quads_(DivideUp(problem.x.c, 4)),
        out_quads_(DivideUp(problem.y.c, 4)) {}

  absl::Status Record(const HostTensor& weights) {
    const WinogradTiles tiles = PlanWinogradTiles(ChosenBy(problem_, builder_.traits()), tile_);
    products_choice_ = ChooseConvKernel(
        Products(std::min(tiles.count, tiles.chunk)), builder_.traits(),
        [&](std::string_view shader) { return builder_.Usable(shader); }, /*forced=*/"");
    const ConvKernel* kernel = products_choice_.kernel;
    if (kernel == nullptr || kernel->method == ConvMethod::kDirect) {
      return absl::UnimplementedError("Winograd convolution needs a kernel for matrix products");
    }
    CONVOY_ASSIGN_OR_RETURN(weights_, PackWeights(weights));
    CONVOY_ASSIGN_OR_RETURN(no_bias_, PackBias(nullptr, points_ * 4 * out_quads_, 1, builder_));
    CONVOY_ASSIGN_OR_RETURN(transformed_, builder_.Scratch(points_ * in_quads_ * tiles_.chunk));
    CONVOY_ASSIGN_OR_RETURN(products_, builder_.Scratch(points_ * out_quads_ * tiles_.chunk));
    for (int64_t first = 0; first < tiles_.count; first += tiles_.chunk) {
      const int64_t count = std::min(tiles_.chunk, tiles_.count - first);
      CONVOY_RETURN_IF_ERROR(RecordInput(first, count));
      CONVOY_RETURN_IF_ERROR(RecordProducts(count));
      CONVOY_RETURN_IF_ERROR(RecordOutput(first, count));
    }
    return absl::OkStatus();
  }

 private:
  ConvProblem Products(int64_t count) const {
    return {.x = {1, points_ * 4 * in_quads_, {1, 1, count}},
            .y = {1, points_ * 4 * out_quads_, {1, 1, count}},
            .window = {},
            .group = points_};
  }

  TilePacking Packing() const {
    return {.z_count = points_,
            .out_channels = 4 * out_quads_,
            .in_channels = 4 * in_quads_,
            .tn = products_choice_.kernel->tn};
  }

  absl::StatusOr<VulkanOperand> PackWeights(const HostTensor& weights) {
    const TilePacking packing = Packing();
    return builder_.FloatWeights(weights, packing.Name(choice_.kernel->name.data()),
                                 [&](std::span<const float> w) {
                                   return PackPoints(w, problem_.x.c, problem_.y.c, tile_, packing);
                                 });
  }

  // The layer's push constants with a grid of tiles, from tile `first` on.
  ConvPush MakePush(int64_t first, int64_t x_plane, int64_t y_plane) const {
    ConvProblem tiled = problem_;
    for (const int axis : {1, 2}) tiled.y.size[axis] = DivideUp(problem_.y.size[axis], tile_);
    ConvPush push = MakeConvPush(tiled, x_plane, y_plane, params_.activation);
    push.out_h = static_cast<int32_t>(problem_.y.size[1]);
    push.out_w = static_cast<int32_t>(problem_.y.size[2]);
    push.first_pixel = static_cast<int32_t>(first);
    return push;
  }

  absl::Status Dispatch(VulkanDispatch dispatch, const ConvPush& push, int64_t count,
                        int64_t quads) {
    dispatch.why = choice_.kernel->why;
    dispatch.local_size = builder_.traits().default_local_size;
    dispatch.groups[0] = static_cast<uint32_t>(DivideUp(count, dispatch.local_size));
    dispatch.groups[1] = static_cast<uint32_t>(quads);
    dispatch.SetPush(push);
    return builder_.Dispatch(dispatch);
  }

  absl::Status RecordInput(int64_t first, int64_t count) {
    // A load path that a forced kernel names is that of all its shaders.
    const std::string path = choice_.shader.substr(choice_.kernel->shader.size());
    VulkanDispatch dispatch;
    dispatch.shader = absl::StrFormat("conv/winograd_input_%d3%s", tile_, path);
    dispatch.inputs[0] = operands_.x;
    dispatch.output = transformed_;
    return Dispatch(std::move(dispatch), MakePush(first, builder_.input(0).plane, tiles_.chunk),
                    count, in_quads_);
  }

  absl::Status RecordProducts(int64_t count) {
    const ConvProblem problem = Products(count);
    return RecordTile(products_choice_, problem,
                      MakeConvPush(problem, tiles_.chunk, tiles_.chunk, {}),
                      {.x = transformed_, .weights = weights_, .bias = no_bias_, .y = products_},
                      {}, Packing(), builder_);
  }

  absl::Status RecordOutput(int64_t first, int64_t count) {
    VulkanDispatch dispatch;
    dispatch.shader = choice_.shader;
    dispatch.inputs = {products_, {}, operands_.bias, operands_.residual};
    dispatch.output = operands_.y;
    dispatch.constants = {operands_.residual.id >= 0, SmoothKind(params_.activation)};
    ConvPush push = MakePush(first, tiles_.chunk, builder_.output(0).plane);
    push.in_quads = static_cast<int32_t>(out_quads_);
    return Dispatch(std::move(dispatch), push, count, out_quads_);
  }

  const ConvParams& params_;
  const ConvChoice& choice_;
  const ConvProblem& problem_;
  const ConvOperands& operands_;
  VulkanStepBuilder& builder_;
  const int tile_;
  const WinogradTiles tiles_;
  const int64_t points_, in_quads_, out_quads_;
  ConvChoice products_choice_;
  VulkanOperand weights_, no_bias_, transformed_, products_;
};

}  // namespace

std::vector<double> TransformFilter(std::span<const float, 9> g, int tile) {
  const std::vector<Row> rows = FilterRows(tile);
  std::vector<double> result;
  result.reserve(rows.size() * rows.size());
  for (const Row& p : rows) {
    Row left{};  // p g
    for (size_t x = 0; x < 3; ++x) left[x] = p[0] * g[x] + p[1] * g[3 + x] + p[2] * g[6 + x];
    for (const Row& q : rows) result.push_back(left[0] * q[0] + left[1] * q[1] + left[2] * q[2]);
  }
  return result;
}

WinogradTiles PlanWinogradTiles(const ConvProblem& problem, int tile) {
  const int64_t count =
      problem.x.n * DivideUp(problem.y.size[1], tile) * DivideUp(problem.y.size[2], tile);
  const int64_t quads = std::max(DivideUp(problem.x.c, 4), DivideUp(problem.y.c, 4));
  const int64_t most = std::max<int64_t>(kPlaneAlign, kChunkBytes / (Points(tile) * quads * 16));
  // Chunks of about the same size, so that one kernel suits them all.
  const int64_t chunks = DivideUp(count, most);
  return {count, RoundUp(DivideUp(count, chunks), kPlaneAlign)};
}

absl::Status RecordWinograd(const ConvParams& params, const ConvChoice& choice,
                            const ConvProblem& problem, const HostTensor& weights,
                            const ConvOperands& operands, VulkanStepBuilder& builder) {
  return WinogradRecorder(params, choice, problem, operands, builder).Record(weights);
}

}  // namespace convoy::compute
