#include "tests/compute/ops/vulkan_sweep.h"

namespace convoy::testing {
namespace {

using compute::ActivationKind;
using compute::ActivationParams;
using compute::BinaryKind;
using compute::BinaryParams;
using compute::Shape;

class BinaryVulkanTest : public VulkanSweep {
 protected:
  // `shape` with some dimensions 1 or leading ones left out.
  Shape Narrowed(const Shape& shape) {
    Shape result;
    const int first = static_cast<int>(Draw(0, shape.rank()));
    for (int i = first; i < shape.rank(); ++i) result.Append(DrawBool() ? 1 : shape[i]);
    return result;
  }
};

TEST_F(BinaryVulkanTest, EveryBroadcast) {
  for (int round = 0; round < 150; ++round) {
    const int rank = static_cast<int>(Draw(1, 6));
    const Shape full = rank == 1 ? Shape{Draw(1, 70)} : DrawImage(rank, 6);
    Shape a_shape = DrawBool() ? full : Narrowed(full);
    Shape b_shape = DrawBool() ? full : Narrowed(full);
    if (DrawBool()) std::swap(a_shape, b_shape);
    const int side = static_cast<int>(Draw(0, 3));  // 1, 2: that operand is a constant
    SCOPED_TRACE(a_shape.ToString() + " and " + b_shape.ToString());
    PlanDraft draft;
    int a = side == 1 ? draft.Weights(a_shape, 1) : draft.Input(a_shape);
    // Divisors stay away from 0.
    int b = side == 2 ? draft.Weights(b_shape, 0.5, 2) : draft.Input(b_shape);
    if (side != 2) b = draft.Step(ActivationParams{ActivationKind::kClip, 0.5, 2}, {b});
    if (DrawBool() && side != 1) a = InChannels(draft, a);
    if (DrawBool() && side != 2) b = InChannels(draft, b);
    const auto kind = static_cast<BinaryKind>(round % 4);
    draft.Output(draft.Step(
        BinaryParams{kind, {static_cast<ActivationKind>(Draw(0, 5)), -0.25, 0.5}}, {a, b}));
    EXPECT_LE(Error(draft), 2e-6);
  }
}

TEST_F(BinaryVulkanTest, OnChannelsNeedsNoUnpack) {
  PlanDraft draft;
  const int x = InChannels(draft, draft.Input({2, 7, 5, 5}));
  const int gate = InChannels(draft, draft.Input({2, 7, 1, 1}));
  const int scaled = draft.Step(BinaryParams{BinaryKind::kMul, {}}, {x, gate});
  const int shifted = draft.Step(BinaryParams{}, {draft.Weights({7, 1, 1}, 1), scaled});
  draft.Output(InChannels(draft, draft.Step(BinaryParams{}, {shifted, draft.Weights({1}, 1)})));
  EXPECT_EQ(LayoutChanges(draft), 3) << "two inputs are packed, one output is unpacked";
  EXPECT_LE(Error(draft), 1e-6);
}

TEST_F(BinaryVulkanTest, ChannelsPastTheLastStayZero) {
  // Not a number, which 0 / 0 makes there, would reach the sums of a convolution.
  PlanDraft draft;
  const int x = InChannels(draft, draft.Input({3, 5, 4, 3}));
  const int ones = draft.Step(BinaryParams{BinaryKind::kDiv, {}}, {x, x});
  draft.Output(draft.Step(compute::ConvParams{}, {ones, draft.Weights({3, 5, 1, 1}, 1)}));
  EXPECT_LE(Error(draft), 1e-5);
}

// Comparisons and integers keep to channel quads, constants among them.
TEST_F(BinaryVulkanTest, WordsInChannels) {
  const auto binary = [](BinaryKind kind) { return BinaryParams{kind, {}}; };
  for (int round = 0; round < 20; ++round) {
    PlanDraft draft;
    const Shape shape = DrawImage(static_cast<int>(Draw(3, 5)), 6);
    SCOPED_TRACE(shape.ToString());
    const int x = InChannels(draft, draft.Input(shape));
    const int y = InChannels(draft, draft.Input(shape));
    const int greater = draft.Step(binary(BinaryKind::kGreater), {x, y});
    const int either = draft.Step(
        binary(BinaryKind::kOr),
        {greater, draft.Step(compute::UnaryParams{compute::UnaryKind::kNot}, {greater})});
    const int scale = draft.Weights({1}, 50, 60);
    const int scaled = draft.Step(binary(BinaryKind::kMul), {x, scale});
    const int whole = draft.Step(compute::CastParams{compute::DType::kInt32}, {scaled});
    const int one = draft.Step(compute::CastParams{compute::DType::kInt32}, {either});
    const int sum = draft.Step(binary(BinaryKind::kSub), {whole, one});
    const int turned = draft.Step(compute::UnaryParams{compute::UnaryKind::kNeg}, {sum});
    const int result = draft.Step(compute::CastParams{compute::DType::kFloat32}, {turned});
    draft.Output(InChannels(draft, result));
    EXPECT_EQ(Error(draft), 0);
    EXPECT_EQ(LayoutChanges(draft), 3) << "two inputs are packed, one output is unpacked";
  }
}

}  // namespace
}  // namespace convoy::testing
