// Concatenations and cuts of channels that copy nothing on Vulkan.
#include <gtest/gtest.h>

#include "compute/runtime/vulkan_session.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/test_devices.h"

namespace convoy::compute {
namespace {

using ::convoy::testing::ErrorAgainstReference;
using ::convoy::testing::PlanDraft;
using ::convoy::testing::UnderValidation;

constexpr double kBound = 1e-5;

class VulkanInPlaceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const DeviceOptions options{.validation = UnderValidation()};
    messages_before_ = VulkanValidationMessageCount();
    absl::StatusOr<std::unique_ptr<Device>> device = OpenVulkan(0, options);
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    device_ = *std::move(device);
  }
  void TearDown() override { EXPECT_EQ(VulkanValidationMessageCount(), messages_before_); }

  // Dispatches that copy parts into a concatenation or out of a cut tensor.
  int Copies(const PlanDraft& draft) {
    const absl::StatusOr<std::unique_ptr<Session>> session = device_->Compile(draft.plan());
    EXPECT_TRUE(session.ok()) << session.status();
    int copies = 0;
    if (!session.ok()) return -1;
    for (const StepReport& step : (*session)->report().steps) {
      for (const char* kernel : {"planes", "copy", "sample"}) {
        if (step.kernel.starts_with(kernel)) ++copies;
      }
    }
    return copies;
  }
  double Error(const PlanDraft& draft) { return ErrorAgainstReference(*device_, draft.plan(), 3); }

  std::unique_ptr<Device> device_;
  int messages_before_ = 0;
};

// A 3x3 convolution to `outputs` channels, with `residual` where that is a value.
int Conv(PlanDraft& draft, int x, int64_t channels, int64_t outputs, int residual = -1) {
  ConvParams params{.has_residual = residual >= 0, .activation = {ActivationKind::kRelu}};
  params.window.kernel = {1, 3, 3};
  params.window.pads_begin = params.window.pads_end = {0, 1, 1};
  std::vector<int> inputs{x, draft.Weights({outputs, channels, 3, 3}, 0.2F)};
  if (residual >= 0) inputs.push_back(residual);
  return draft.Step(params, inputs);
}

SliceParams Channels(const Shape& x, int64_t first, int64_t count) {
  SliceParams params{{}, std::vector<int64_t>(static_cast<size_t>(x.rank()), 1), {}};
  for (int axis = 0; axis < x.rank(); ++axis) {
    params.starts.push_back(axis == 1 ? first : 0);
    params.sizes.push_back(axis == 1 ? count : x[axis]);
  }
  return params;
}

TEST_F(VulkanInPlaceTest, PartsAreMadeWhereTheyBelong) {
  for (const int64_t batch : {1, 3, 8}) {
    PlanDraft draft;
    const int x = draft.Input({batch, 5, 9, 7});
    const int squeeze = Conv(draft, x, 5, 8);
    const int a = Conv(draft, squeeze, 8, 12);
    const int b = Conv(draft, squeeze, 8, 7);  // the last part's quads need not be full
    const int whole = draft.Step(ConcatParams{1}, {a, b});
    draft.Output(Conv(draft, whole, 19, 6));
    EXPECT_EQ(Copies(draft), 0);
    EXPECT_LE(Error(draft), kBound) << batch;
  }
}

TEST_F(VulkanInPlaceTest, OddChannelsInTheMiddleAreCopied) {
  PlanDraft draft;
  const int x = draft.Input({3, 8, 5, 7});
  const int a = Conv(draft, x, 8, 7);
  const int b = Conv(draft, x, 8, 8);
  draft.Output(Conv(draft, draft.Step(ConcatParams{1}, {a, b}), 15, 4));
  EXPECT_GT(Copies(draft), 0);
  EXPECT_LE(Error(draft), kBound);
}

// A part is read as a residual before and after the concatenation, which another step then reads.
TEST_F(VulkanInPlaceTest, APartMayBeAResidual) {
  PlanDraft draft;
  const int x = draft.Input({3, 8, 9, 5});
  const int a = Conv(draft, x, 8, 8);
  const int b = Conv(draft, a, 8, 8, /*residual=*/a);
  const int whole = draft.Step(ConcatParams{1}, {a, b});
  const int c = Conv(draft, whole, 16, 8, /*residual=*/b);
  draft.Output(Conv(draft, whole, 16, 16, /*residual=*/draft.Step(ConcatParams{1}, {c, a})));
  EXPECT_LE(Error(draft), kBound);
}

// The first place is taken, the second copied: one dispatch for the part that two wholes share, one
// for the part that comes twice.
TEST_F(VulkanInPlaceTest, APartUsedTwiceIsCopiedOnce) {
  PlanDraft draft;
  const int x = draft.Input({2, 4, 6, 6});
  const int a = Conv(draft, x, 4, 8);
  const int b = Conv(draft, x, 4, 8);
  draft.Output(draft.Step(ConcatParams{1}, {a, b, a}));
  draft.Output(draft.Step(ConcatParams{1}, {b, Conv(draft, a, 8, 4)}));
  EXPECT_EQ(Copies(draft), 2);
  EXPECT_LE(Error(draft), kBound);
}

TEST_F(VulkanInPlaceTest, APartMayBeAnOutput) {
  PlanDraft draft;
  const int x = draft.Input({3, 4, 5, 5});
  const int a = Conv(draft, x, 4, 8);
  const int b = Conv(draft, a, 8, 5);
  const int whole = draft.Step(ConcatParams{1}, {a, b});
  for (const int value : {b, whole, a}) draft.Output(value);
  EXPECT_EQ(Copies(draft), 0);
  EXPECT_LE(Error(draft), kBound);
}

// Inputs and constants keep their own memory and are copied.
TEST_F(VulkanInPlaceTest, GivenPartsAreCopied) {
  PlanDraft draft;
  const int x = draft.Input({2, 8, 5, 3});
  const int a = Conv(draft, x, 8, 4);
  draft.Output(draft.Step(ConcatParams{1}, {x, a, draft.Weights({2, 6, 5, 3}, 1)}));
  EXPECT_EQ(Copies(draft), 1);  // a step; it copies two of its parts
  EXPECT_LE(Error(draft), kBound);
}

// DenseNet's growing beginnings, one of them inside another concatenation.
TEST_F(VulkanInPlaceTest, ConcatenationsNest) {
  for (const int64_t batch : {1, 3}) {
    PlanDraft draft;
    const int x = draft.Input({batch, 4, 7, 5});
    const int a = Conv(draft, x, 4, 8);
    const int b = Conv(draft, a, 8, 4);
    const int two = draft.Step(ConcatParams{1}, {a, b});
    const int c = Conv(draft, two, 12, 4);
    const int three = draft.Step(ConcatParams{1}, {a, b, c});
    const int d = Conv(draft, three, 16, 8);
    draft.Output(Conv(draft, draft.Step(ConcatParams{1}, {d, three}), 24, 3));
    EXPECT_EQ(Copies(draft), 0);
    EXPECT_LE(Error(draft), kBound) << batch;
  }
}

TEST_F(VulkanInPlaceTest, ReshapedAndPooledPartsKeepTheirValues) {
  PlanDraft draft;
  const int x = draft.Input({3, 4, 6, 6});
  const int a = Conv(draft, x, 4, 8);
  const int same = draft.Step(Channels({3, 8, 6, 6}, 0, 8), {a});  // all of it
  const int b = Conv(draft, x, 4, 8);
  const int whole = draft.Step(ConcatParams{1}, {same, b});
  draft.Output(Conv(draft, whole, 16, 4));
  draft.Output(draft.Step(ReshapeParams{.shape = {3, 288}}, {a}));
  EXPECT_LE(Error(draft), kBound);
}

TEST_F(VulkanInPlaceTest, RunsOfQuadsAreTheSameMemory) {
  for (const int64_t batch : {1, 3, 8}) {
    PlanDraft draft;
    const int x = draft.Input({batch, 4, 5, 7});
    const int whole = Conv(draft, x, 4, 22);
    const Shape shape{batch, 22, 5, 7};
    const int a = draft.Step(Channels(shape, 0, 8), {whole});
    const int b = draft.Step(Channels(shape, 8, 14), {whole});  // up to the ragged end
    draft.Output(Conv(draft, a, 8, 8, Conv(draft, b, 14, 8)));
    draft.Output(draft.Step(ConcatParams{1}, {a, Conv(draft, a, 8, 3)}));
    draft.Output(a);
    EXPECT_EQ(Copies(draft), 1);  // `a` lies elsewhere
    EXPECT_LE(Error(draft), kBound) << batch;
  }
}

TEST_F(VulkanInPlaceTest, ARunThatEndsInsideAQuadIsCopied) {
  PlanDraft draft;
  const int x = draft.Input({3, 4, 5, 7});
  const int whole = Conv(draft, x, 4, 16);
  const int a = draft.Step(Channels({3, 16, 5, 7}, 4, 6), {whole});
  draft.Output(Conv(draft, a, 6, 4));
  EXPECT_EQ(Copies(draft), 1);
  EXPECT_LE(Error(draft), kBound);
}

}  // namespace
}  // namespace convoy::compute
