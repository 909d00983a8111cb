#include "compute/runtime/vulkan_self_test.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>

#include "compute/base/cache_file.h"
#include "compute/base/checked.h"
#include "compute/base/log.h"
#include "compute/base/status.h"
#include "compute/ops/conv/conv_block_vulkan.h"
#include "compute/ops/conv/conv_kernels_vulkan.h"
#include "compute/ops/gemm/dense_vulkan.h"
#include "compute/runtime/vulkan_verdict_file.h"
#include "compute/vulkan/cache_key.h"

namespace convoy::compute {
namespace {

// Of the largest output: ten times what the order of additions explains.
constexpr float kTolerance = 1e-5f;
// The same where outputs are rounded to halves: twice the distance to the nearest.
constexpr float kHalfTolerance = 1.0f / 1024;
constexpr int kRuns = 3;  // must agree bit for bit

// One kernel and the step that proves it.
struct KernelTest {
  std::string shader;  // catalog name without load path
  std::string family;  // what forces it
  std::string kernel;
  OpParams op;
  std::vector<Shape> inputs;  // the first is given at run time, the others are constants
  bool residual = false;      // the last input is given too
};

// Values in [-1, 1] that any platform computes alike, and that halves hold exactly.
HostTensor TestValues(const Shape& shape, uint32_t seed) {
  HostTensor tensor(TensorSpec{DType::kFloat32, shape});
  uint32_t state = seed * 2654435761u + 1;
  for (float& value : tensor.mutable_data<float>()) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 21) / 1024.0f - 1.0f;
  }
  return tensor;
}

// A padded 3x3 convolution of stride 2 (Winograd: of 1) with 13 input channels, 117 products an
// output, a residual and a clip.
KernelTest MakeConvTest(const ConvKernel& row, const Shape& x, int64_t outputs) {
  const bool depthwise =
      row.method == ConvMethod::kDepthwise || row.method == ConvMethod::kDepthwiseStrip;
  const int64_t c = x[1];
  const int64_t m = depthwise ? c : outputs;
  ConvParams params{.group = depthwise ? c : 1,
                    .has_bias = true,
                    .has_residual = true,
                    .activation = {ActivationKind::kClip, -2.0f, 1.5f}};
  params.window.kernel = {1, 3, 3};
  const int64_t stride = row.method == ConvMethod::kWinograd ? 1 : 2;
  params.window.strides = {1, stride, stride};
  // What the strips of the other depthwise kernels do not cover.
  const int64_t dilation = row.method == ConvMethod::kDepthwise ? 2 : 1;
  params.window.dilations = {1, dilation, dilation};
  params.window.pads_begin = params.window.pads_end = {0, dilation, dilation};
  const Shape y{x[0], m, DivideUp(x[2], stride), DivideUp(x[3], stride)};
  return {.shader = std::string(row.shader),
          .family = "conv",
          .kernel = std::string(row.name),
          .op = params,
          .inputs = {x, {m, depthwise ? 1 : c, 3, 3}, {m}, y},
          .residual = true};
}

// Blocks are chosen where they fill a device; a test that does would take long, so it is forced. 45
// pixels and 70 channels fill every block partly.
std::optional<KernelTest> BlockTest(const ConvKernel& row, const VulkanTraits& traits) {
  if (!traits.shared_blocks || !BlockFits(BlockOf(row.px, row.tn), traits)) return std::nullopt;
  KernelTest test = MakeConvTest(row, {3, 13, 5, 9}, 70);
  if (row.method == ConvMethod::kSplitBlock) test.shader = "conv/conv_join";
  return test;
}

// The test of a size at which the device chooses `row`; nothing when it never does.
std::optional<KernelTest> ConvTest(const ConvKernel& row, VulkanRuntimeDevice& device) {
  if (row.method == ConvMethod::kDirect) return std::nullopt;
  struct Size {
    int64_t n, m, h, w;
  };
  // 45, 30, 15 and 6 output pixels; the second tile of channels is filled partly.
  constexpr Size kSizes[] = {{3, 70, 5, 9}, {2, 70, 5, 9}, {1, 70, 5, 9},
                             {1, 70, 3, 5}, {3, 30, 5, 9}, {3, 7, 5, 9}};
  const VulkanTraits& traits = device.vulkan().plan().traits;
  if (row.is_block()) return BlockTest(row, traits);
  if (row.method == ConvMethod::kWinograd) {
    // Chosen where it saves much: a test of that size would take long, so it is forced.
    return traits.software ? std::optional(MakeConvTest(row, {3, 13, 5, 9}, 70)) : std::nullopt;
  }
  const auto usable = [&](std::string_view shader) { return device.kernels().Usable(shader); };
  if (row.method == ConvMethod::kRows) {
    // An image as it is given: 3 channels, rows of whole vec4s.
    const bool tried = traits.software && usable(row.shader);
    return tried ? std::optional(MakeConvTest(row, {3, 3, 5, 12}, row.tn + 3)) : std::nullopt;
  }
  for (const Size& size : kSizes) {
    KernelTest test = MakeConvTest(row, {size.n, 13, size.h, size.w}, size.m);
    const auto& params = std::get<ConvParams>(test.op);
    const ConvProblem problem{.x = ImageDimsOf(test.inputs[0]),
                              .y = ImageDimsOf(test.inputs[3]),
                              .window = params.window,
                              .group = params.group};
    const ConvChoice choice = ChooseConvKernel(problem, traits, usable, /*forced=*/"");
    if (choice.kernel == &row) return test;
  }
  return std::nullopt;
}

// 103 inputs, no multiple of anything, to 37 outputs.
KernelTest DenseTest(int rows, const std::string& name) {
  return {.shader = "gemm/" + name,
          .family = "gemm",
          .kernel = name,
          .op = GemmParams{.alpha = 0.5f,
                           .trans_b = true,
                           .has_bias = true,
                           .activation = {ActivationKind::kRelu}},
          .inputs = {{rows, 103}, {37, 103}, {37}}};
}

struct TestPlan {
  Plan plan;
  std::vector<HostTensor> given;  // plan inputs
  HostTensor expected;
};

absl::StatusOr<HostTensor> ReferenceAnswer(const OpParams& op,
                                           const std::vector<HostTensor>& values) {
  std::vector<TensorSpec> specs;
  std::vector<TensorView> views;
  for (const HostTensor& value : values) {
    specs.push_back(value.spec());
    views.push_back(value.view());
  }
  CONVOY_ASSIGN_OR_RETURN(const TensorSpecs outputs, InferShapes(op, specs));
  HostTensor answer(outputs[0]);
  const MutableTensorView target = answer.mutable_view();
  RunReference(op, views, {&target, 1});
  return answer;
}

absl::StatusOr<TestPlan> MakePlan(const KernelTest& test) {
  std::vector<HostTensor> values;
  for (const Shape& shape : test.inputs) {
    values.push_back(TestValues(shape, static_cast<uint32_t>(values.size()) + 1));
  }
  TestPlan made;
  CONVOY_ASSIGN_OR_RETURN(made.expected, ReferenceAnswer(test.op, values));
  made.plan.name = "self-test of " + test.shader;
  PlanStep step{.name = test.kernel, .op = test.op};
  for (size_t i = 0; i < values.size(); ++i) {
    const int value = static_cast<int>(i);
    const bool given = i == 0 || (test.residual && i + 1 == values.size());
    PlanValue facts{.name = absl::StrFormat("input %d", i), .spec = values[i].spec()};
    step.inputs.push_back(value);
    if (given) {
      made.plan.inputs.push_back(value);
      made.given.push_back(std::move(values[i]));
    } else {
      facts.constant = std::make_shared<const HostTensor>(std::move(values[i]));
    }
    made.plan.values.push_back(std::move(facts));
  }
  const int output = static_cast<int>(values.size());
  made.plan.values.push_back({.name = "output", .spec = made.expected.spec()});
  step.outputs = {output};
  made.plan.outputs = {output};
  made.plan.steps.push_back(std::move(step));
  return made;
}

absl::Status CompareWithReference(std::span<const float> given, std::span<const float> expected,
                                  float tolerance) {
  float largest = 1;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < expected.size(); ++i) {
    // Negated, so that NaN fails.
    if (!(std::abs(given[i] - expected[i]) <= tolerance * largest)) {
      return absl::DataLossError(absl::StrFormat("element %d of %d is %g, but must be %g", i,
                                                 expected.size(), given[i], expected[i]));
    }
  }
  return absl::OkStatus();
}

bool KeepsHalves(const VulkanRuntimeDevice& device) {
  return device.vulkan().plan().traits.half_storage;
}

absl::Status RunTest(const KernelTest& test, VulkanRuntimeDevice& device) {
  CONVOY_ASSIGN_OR_RETURN(const TestPlan made, MakePlan(test));
  CONVOY_ASSIGN_OR_RETURN(const std::unique_ptr<Session> session,
                          device.CompileForced(made.plan, {{test.family, test.kernel}}));
  for (size_t i = 0; i < made.given.size(); ++i) {
    const std::span<const std::byte> bytes = made.given[i].bytes();
    std::memcpy(session->input(static_cast<int>(i)).data(), bytes.data(), bytes.size());
  }
  std::vector<float> first;
  for (int run = 0; run < kRuns; ++run) {
    CONVOY_RETURN_IF_ERROR(session->Run());
    const std::span<const std::byte> bytes = session->output(0);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    CONVOY_RETURN_IF_ERROR(CompareWithReference(values, made.expected.data<float>(),
                                                KeepsHalves(device) ? kHalfTolerance : kTolerance));
    if (run == 0) first = values;
    if (std::memcmp(first.data(), values.data(), bytes.size()) != 0) {
      return absl::DataLossError("two runs with the same input give different bits");
    }
  }
  return absl::OkStatus();
}

// What is tested depends on the rows of the choice tables too.
std::string VerdictKey(const VulkanRuntimeDevice& device) {
  std::string key = CacheKey(device.vulkan().snapshot());
  if (KeepsHalves(device)) key += " fp16";
  for (const ConvKernel& row : AllConvKernels()) key += absl::StrFormat(" %s", row.name);
  return key;
}

std::string VerdictFile(const VulkanRuntimeDevice& device) {
  const DeviceSnapshot& s = device.vulkan().snapshot();
  return CacheFilePath(absl::StrFormat("verdicts-%08x-%08x-%d%s", s.vendor_id, s.device_id,
                                       s.subgroup_size, KeepsHalves(device) ? "-fp16" : ""));
}

// Tests kernels in the order in which they are chosen. What only takes over from a kernel that
// fails is tested only then: each costs a software driver 0.1 to 0.4 s of compiling.
class SelfTest {
 public:
  explicit SelfTest(VulkanRuntimeDevice& device) : device_(device) {}

  std::vector<KernelVerdict> Run() {
    LogInfo("testing the kernels of Vulkan device '%s'", device_.vulkan().snapshot().name);
    // Winograd last: other rows compute its products.
    for (const bool winograd : {false, true}) {
      for (const ConvKernel& row : AllConvKernels()) {
        if ((row.method == ConvMethod::kWinograd) != winograd) continue;
        const std::optional<KernelTest> test = ConvTest(row, device_);
        if (test.has_value()) Passes(*test);
      }
    }
    for (const int rows : {1, 2, 4, 8}) {
      for (const std::string& name : DenseCandidates(rows, device_.vulkan().plan().traits)) {
        const KernelTest test = DenseTest(rows, name);
        if (device_.kernels().Usable(test.shader) && Passes(test)) break;
      }
    }
    return std::move(verdicts_);
  }

 private:
  // False also once the device is lost, which says nothing about the kernel.
  bool Passes(const KernelTest& test) {
    if (device_.vulkan().lost()) return false;
    const absl::Status status = RunTest(test, device_);
    if (device_.vulkan().lost()) return false;
    verdicts_.push_back({test.shader, status.ok(), std::string(status.message())});
    if (status.ok()) return true;
    device_.kernels().SetAside(test.shader, verdicts_.back().reason);
    LogWarning("kernel '%s' is set aside on Vulkan device '%s': %s", test.shader,
               device_.vulkan().snapshot().name, status.message());
    return false;
  }

  VulkanRuntimeDevice& device_;
  std::vector<KernelVerdict> verdicts_;
};

}  // namespace

std::vector<KernelVerdict> KernelVerdicts(VulkanRuntimeDevice& device) {
  const std::string key = VerdictKey(device);
  const std::string path = VerdictFile(device);
  if (const std::optional<std::string> text = path.empty() ? std::nullopt : ReadCacheFile(path)) {
    if (std::optional<std::vector<KernelVerdict>> known = ParseVerdicts(*text, key)) return *known;
    LogInfo(
        "the kernel verdicts '%s' are damaged or were written for other kernels; all are tested",
        path);
  }
  std::vector<KernelVerdict> verdicts = SelfTest(device).Run();
  if (!path.empty() && !device.vulkan().lost()) WriteCacheFile(path, FormatVerdicts(key, verdicts));
  return verdicts;
}

}  // namespace convoy::compute
