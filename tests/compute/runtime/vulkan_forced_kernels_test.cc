// Every convolution and dense kernel that this machine can run, forced by name, on problems of odd
// sizes: the choice table would otherwise leave most of them untested on any one device.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/runtime/vulkan_session.h"
#include "compute/vulkan/shader_catalog.h"
#include "tests/compute/runtime/cpu_plans.h"
#include "tests/support/test_devices.h"

namespace convoy::compute {
namespace {

using ::convoy::testing::ErrorAgainstReference;
using ::convoy::testing::PlanDraft;
using ::convoy::testing::UnderValidation;

constexpr double kBound = 1e-5;
// Operands and outputs are rounded to halves, each by 2^-11 at most.
constexpr double kHalfBound = 4e-3;

struct ConvShape {
  int64_t batch, channels, outputs, group;
  Shape image;
  Spatial kernel, stride, pad, dilation;
  bool residual;
};

// 1-D, 2-D and 3-D; every convolution kernel but the depthwise ones covers them all.
const ConvShape kShapes[] = {
    {3, 5, 7, 1, {13, 11}, {1, 3, 3}, {1, 2, 1}, {0, 1, 0}, {1, 1, 2}, true},
    {1, 13, 70, 1, {7, 9}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, {1, 1, 1}, true},
    {8, 4, 5, 1, {37}, {1, 1, 9}, {1, 1, 4}, {0, 0, 3}, {1, 1, 1}, false},
    {1, 7, 13, 1, {5, 4, 6}, {2, 3, 2}, {1, 2, 3}, {1, 1, 0}, {2, 1, 1}, false},
    // The first layer of a network on sound: one channel, 512 taps.
    {2, 1, 9, 1, {1024}, {1, 1, 512}, {1, 1, 4}, {0, 0, 254}, {1, 1, 1}, false},
    {3, 8, 24, 2, {6, 5}, {1, 3, 2}, {1, 1, 1}, {0, 1, 1}, {1, 1, 1}, true},
    // The only ones for Winograd: tiles that hang over both edges, and images smaller than a tile.
    {3, 13, 38, 1, {9, 14}, {1, 3, 3}, {1, 1, 1}, {0, 2, 1}, {1, 1, 1}, true},
    {8, 6, 5, 1, {3, 2}, {1, 3, 3}, {1, 1, 1}, {0, 0, 1}, {1, 1, 1}, false},
};
const ConvShape kDepthwise[] = {
    {3, 7, 7, 7, {13, 11}, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}, {1, 1, 1}, true},
    {1, 13, 13, 13, {9, 15}, {1, 5, 5}, {1, 2, 2}, {0, 2, 2}, {1, 1, 1}, false},
    {2, 5, 5, 5, {8, 7}, {1, 3, 3}, {1, 2, 2}, {0, 0, 1}, {1, 1, 1}, true},
};

Shape WithImage(int64_t n, int64_t c, const Shape& image) {
  Shape shape{n, c};
  for (const int64_t extent : image.dims()) shape.Append(extent);
  return shape;
}

Plan MakePlan(const ConvShape& shape) {
  ConvParams params{.group = shape.group,
                    .has_bias = true,
                    .has_residual = shape.residual,
                    .activation = {ActivationKind::kLeakyRelu, 0.1F}};
  params.window = {shape.image.rank(), shape.kernel, shape.stride,
                   shape.dilation,     shape.pad,    shape.pad};
  PlanDraft draft;
  const Shape x_shape = WithImage(shape.batch, shape.channels, shape.image);
  Shape kernel;
  for (int axis = 3 - shape.image.rank(); axis < 3; ++axis) kernel.Append(shape.kernel[axis]);
  const Shape w_shape = WithImage(shape.outputs, shape.channels / shape.group, kernel);
  std::vector<int> inputs{draft.Input(x_shape), draft.Weights(w_shape, 0.2F),
                          draft.Weights({shape.outputs}, 1)};
  if (shape.residual) {
    ConvParams plain = params;
    plain.has_residual = false;
    const std::vector<TensorSpec> specs{
        {DType::kFloat32, x_shape}, {DType::kFloat32, w_shape}, {DType::kFloat32, {shape.outputs}}};
    inputs.push_back(draft.Input((*InferShapes(plain, specs))[0].shape));
  }
  draft.Output(draft.Step(params, inputs));
  return draft.plan();
}

Plan MakeUpPlan() {
  ConvTransposeParams params{.has_bias = true, .activation = {ActivationKind::kSigmoid}};
  params.window.kernel = {1, 3, 4};
  params.window.strides = {1, 2, 3};
  params.window.pads_begin = params.window.pads_end = {0, 1, 0};
  params.output_padding = {0, 1, 0};
  PlanDraft draft;
  const int x = draft.Input({3, 5, 7, 6});
  draft.Output(draft.Step(params, {x, draft.Weights({5, 7, 3, 4}, 0.2F), draft.Weights({7}, 1)}));
  return draft.plan();
}

// A kernel as it is forced, and as reports show it.
struct KernelName {
  std::string forced, shown;
};

// A row with every load path that the catalog and, for texels, the device have.
std::vector<KernelName> NamesOf(const ConvKernel& row, bool texel_device) {
  const std::string shown(row.shader.substr(row.shader.find('/') + 1));
  std::vector<KernelName> names;
  for (const char* path : {"_texel", "_ssbo"}) {
    if (!texel_device && std::string_view(path) == "_texel") continue;
    if (FindShader(std::string(row.shader) + path) == nullptr) continue;
    names.push_back({std::string(row.name) + path, shown + path});
  }
  return names;
}

class ForcedKernelsTest : public ::testing::TestWithParam<Precision> {
 protected:
  static absl::StatusOr<std::unique_ptr<Device>> OpenForced(const std::string& forced) {
    return OpenVulkan(
        0, {.validation = UnderValidation(), .vulkan_kernels = forced, .precision = GetParam()});
  }

  void SetUp() override {
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenForced("");
    if (absl::IsNotFound(device.status())) GTEST_SKIP() << device.status();
    ASSERT_TRUE(device.ok()) << device.status();
    software_ = (*device)->facts().software;
    messages_before_ = VulkanValidationMessageCount();
  }
  void TearDown() override { EXPECT_EQ(VulkanValidationMessageCount(), messages_before_); }

  // Runs `plans` with the kernel; counts those that the kernel really computed.
  void Check(const char* family, const KernelName& kernel, const std::vector<Plan>& plans) {
    const std::string& name = kernel.forced;
    const absl::StatusOr<std::unique_ptr<Device>> device = OpenForced(family + ("=" + name));
    ASSERT_TRUE(device.ok()) << device.status();
    for (size_t i = 0; i < plans.size(); ++i) {
      const absl::StatusOr<std::unique_ptr<Session>> session = (*device)->Compile(plans[i]);
      if (absl::IsUnimplemented(session.status())) continue;  // a variant of other drivers
      ASSERT_TRUE(session.ok()) << session.status();
      EXPECT_LE(ErrorAgainstReference(**device, plans[i], 3),
                GetParam() == Precision::kFp16 ? kHalfBound : kBound)
          << name << " plan " << i;
      for (const StepReport& step : (*session)->report().steps) {
        if (step.kernel.find(kernel.shown) != std::string::npos) computed_.insert(name);
      }
    }
  }

  bool software_ = false;
  std::set<std::string> computed_;
  int messages_before_ = 0;
};

TEST_P(ForcedKernelsTest, EveryConvolutionKernelIsRight) {
  std::vector<Plan> plans;
  for (const ConvShape& shape : kShapes) plans.push_back(MakePlan(shape));
  for (const ConvShape& shape : kDepthwise) plans.push_back(MakePlan(shape));
  for (const ConvKernel& row : AllConvKernels()) {
    for (const KernelName& name : NamesOf(row, software_)) Check("conv", name, plans);
  }
  for (const char* name :
       {"rt_4x16_ssbo", "rt_8x8_ssbo", "sm128x128_ssbo", "sm128x64_ssbo", "sm256x32_ssbo",
        "sm64x64_ssbo", "smk64x64_ssbo", "sm32x32_ssbo", "depthwise_ssbo", "depthwise_strip_ssbo",
        "direct_ssbo", "winograd43_ssbo", "winograd23_ssbo"}) {
    EXPECT_TRUE(computed_.count(name)) << name << " ran no plan";
  }
}

TEST_P(ForcedKernelsTest, EveryUpConvolutionKernelIsRight) {
  for (const ConvKernel& row : AllConvKernels()) {
    for (const KernelName& name : NamesOf(row, software_)) Check("upconv", name, {MakeUpPlan()});
  }
  for (const char* name : {"rt_4x16_ssbo", "sm64x64_ssbo", "upconv_direct_ssbo"}) {
    EXPECT_TRUE(computed_.count(name)) << name << " ran no plan";
  }
}

TEST_P(ForcedKernelsTest, EveryDenseKernelIsRight) {
  std::vector<Plan> plans;
  for (const int64_t rows : {1, 2, 3, 8, 13}) {
    for (const int64_t inner : {103, 64}) {
      GemmParams params{.alpha = 0.5F, .beta = 2, .trans_b = inner == 64, .has_bias = true};
      PlanDraft draft;
      const int a = draft.Input({rows, inner});
      const int b = draft.Weights(params.trans_b ? Shape{37, inner} : Shape{inner, 37}, 0.2F);
      draft.Output(draft.Step(params, {a, b, draft.Weights({37}, 1)}));
      plans.push_back(draft.plan());
    }
  }
  for (const char* name :
       {"linear", "dense_1", "dense_2", "dense_4", "dense_8", "dense_tree_1", "dense_tree_2",
        "dense_tree_4", "dense_tree_8", "rt_4x16_ssbo", "direct_ssbo"}) {
    Check("gemm", {name, name}, plans);
    EXPECT_TRUE(computed_.count(name)) << name << " ran no plan";
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, ForcedKernelsTest,
                         ::testing::Values(Precision::kFp32, Precision::kFp16),
                         [](const auto& test) {
                           return test.param == Precision::kFp16 ? "fp16" : "fp32";
                         });

}  // namespace
}  // namespace convoy::compute
